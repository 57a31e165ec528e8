// <led-clock>: the time of day in lit dots. Hours and minutes only; nothing blinks.

import { ledTime } from "./led-figures.js";

class LedClock extends HTMLElement {
  #tick = 0;
  #shown = "";

  connectedCallback() {
    this.#tick = setInterval(() => this.#show(), 1_000);
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#tick);
  }

  #show() {
    const now = new Date();
    const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    if (time === this.#shown) return;
    this.#shown = time;
    this.replaceChildren(ledTime(time));
  }
}

customElements.define("led-clock", LedClock);
