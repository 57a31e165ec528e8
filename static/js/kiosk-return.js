// <kiosk-return>: after an order, the kiosk goes back to its start for whoever comes next.

import { applyComfort } from "./kiosk-comfort.js";
import { goHome, hasPrinter, isKiosk } from "./kiosk-home.js";
import { memory } from "./kiosk-memory.js";
import { inWords } from "./spoken-time.js";

const AFTER_S = 30;

class KioskReturn extends HTMLElement {
  #tick = 0;
  #since = performance.now();
  #leaving = false;

  connectedCallback() {
    applyComfort();
    if (this.hidden && !isKiosk()) return;
    this.hidden = false;
    const [more, done] = this.querySelectorAll("[data-more], [data-done]");
    more.hidden = false;
    more.addEventListener("click", () => this.#stay());
    done.addEventListener("click", (event) => {
      event.preventDefault();
      this.#leave();
    });
    this.#tick = setInterval(() => this.#countDown(), 1_000);
    this.#stay();
    if (hasPrinter()) this.#printOnce();
  }

  disconnectedCallback() {
    clearInterval(this.#tick);
  }

  // With Chromium's --kiosk-printing nobody is asked. A page that is loaded again prints no second slip.
  #printOnce() {
    this.toggleAttribute("data-prints", true);
    if (memory.recall("printed") === location.pathname) return;
    memory.keep("printed", location.pathname);
    window.print();
  }

  #stay() {
    this.#since = performance.now();
    this.#countDown();
  }

  #countDown() {
    const leftS = Math.max(0, Math.ceil(AFTER_S - (performance.now() - this.#since) / 1_000));
    const words = this.querySelector("[data-countdown]");
    words.textContent = words.dataset.text.replace("{time}", inWords(leftS));
    Object.assign(this.querySelector("progress"), { hidden: false, max: AFTER_S, value: leftS });
    if (leftS === 0) this.#leave();
  }

  // While the server is away the number stays on the screen, and the way back is tried again.
  async #leave() {
    if (this.#leaving) return;
    this.#leaving = true;
    memory.forget("comfort");
    this.#leaving = await goHome();
  }
}

customElements.define("kiosk-return", KioskReturn);
