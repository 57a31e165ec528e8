// <kiosk-idle>: a customer who walked away leaves nothing behind for the next one.
//
// Nobody is cleared away unasked: a dialog says so in time, and one tap anywhere goes on (WCAG 2.2.1 wants
// at least 20 seconds). It counts on the clock that nobody sets.

import { goHome, isHome, isKiosk } from "./kiosk-home.js";
import { memory } from "./kiosk-memory.js";
import { inWords } from "./spoken-time.js";

const WARNING_S = 30;
const STALE_MS = 5 * 60_000; // an untouched page is loaded again: prices, and whether anybody cooks
const TOUCHES = ["pointerdown", "pointermove", "touchmove", "wheel", "keydown", "input"];

class KioskIdle extends HTMLElement {
  #abort = null;
  #tick = 0;
  #openedAt = performance.now();
  #touchedAt = performance.now();
  #warnedAt = 0;
  #leaving = false;

  connectedCallback() {
    if (!isKiosk()) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    for (const touch of TOUCHES) {
      document.addEventListener(touch, () => (this.#touchedAt = performance.now()), { signal, passive: true });
    }
    this.#dialog.addEventListener("click", (event) => this.#answer(event), { signal });
    this.#dialog.addEventListener("close", () => (this.#touchedAt = performance.now()), { signal });
    this.#tick = setInterval(() => this.#look(), 1_000);
  }

  disconnectedCallback() {
    this.#abort?.abort();
    clearInterval(this.#tick);
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  get #order() {
    return this.parentElement.querySelector("order-form");
  }

  #look() {
    const now = performance.now();
    if (this.#leaving || this.#order.busy) return;
    if (this.#dialog.open) this.#countDown(WARNING_S - (now - this.#warnedAt) / 1_000);
    else if (now - this.#touchedAt >= Number(this.dataset.idleS) * 1_000) this.#askOrTidy(now);
  }

  #askOrTidy(now) {
    if (this.#somethingToLose()) {
      this.#warnedAt = now;
      this.#countDown(WARNING_S);
      this.#dialog.showModal();
    } else {
      document.documentElement.scrollTop = document.body.scrollTop = 0;
      if (now - this.#openedAt > STALE_MS) this.#startOver();
    }
  }

  #somethingToLose() {
    return this.#order.touched || !isHome() || memory.recall("comfort") !== null;
  }

  #countDown(leftS) {
    const words = this.querySelector("[data-countdown]");
    words.textContent = words.dataset.text.replace("{time}", inWords(Math.max(0, Math.ceil(leftS))));
    if (leftS <= 0) this.#startOver();
  }

  #answer({ target }) {
    if (target.closest("[data-start-over]")) this.#startOver();
    else this.#dialog.close();
  }

  // What was chosen is gone at once; the page itself comes anew when the server answers.
  async #startOver() {
    this.#leaving = true;
    this.#order.clear();
    memory.forget("comfort");
    this.parentElement.querySelector("kiosk-comfort")?.apply();
    this.#dialog.close();
    this.#leaving = await goHome();
  }
}

customElements.define("kiosk-idle", KioskIdle);
