// <blind-notice>: says since when the page has heard nothing. The words stand in the page.

import { Stopwatch } from "./stopwatch.js";

const FIGURES = { numberingSystem: "latn" }; // as in the numbers of the orders, in every language
const CLOCK = { ...FIGURES, timeStyle: "medium", hourCycle: "h23" }; // as on the board's own clock

class BlindNotice extends HTMLElement {
  #agoMs = 0;
  #since = new Stopwatch();
  #tick = 0;

  connectedCallback() {
    const { sinceMs } = this.dataset;
    if (sinceMs) this.show(Math.max(0, Date.now() - Number(sinceMs)));
  }

  disconnectedCallback() {
    clearInterval(this.#tick);
  }

  // Who is blind already has been so at least as long as was said before.
  show(agoMs) {
    this.#agoMs = Math.max(agoMs, this.#tick ? this.#nowMs : 0);
    this.#since = new Stopwatch();
    const language = document.documentElement.lang;
    const timeZone = document.querySelector("[data-zone]")?.dataset.zone; // where a page has its own
    const time = new Date(Date.now() - this.#agoMs).toLocaleTimeString(language, { ...CLOCK, timeZone });
    const since = this.querySelector("[data-since]");
    const words = since.dataset.text.replace("{time}", time);
    if (since.textContent !== words) since.textContent = words; // a reader hears it once
    clearInterval(this.#tick);
    this.#tick = setInterval(() => this.#showAgo(), 1_000);
    this.#showAgo();
    this.hidden = false;
  }

  hide() {
    clearInterval(this.#tick);
    this.#tick = 0;
    this.hidden = true;
  }

  get #nowMs() {
    return this.#agoMs + this.#since.elapsedMs;
  }

  #showAgo() {
    const seconds = Math.floor(this.#nowMs / 1_000);
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang, FIGURES);
    const ago =
      seconds < 60 ? format.format(-seconds, "second")
      : seconds < 3_600 ? format.format(-Math.floor(seconds / 60), "minute")
      : format.format(-Math.floor(seconds / 3_600), "hour");
    this.querySelector("[data-ago]").textContent = `(${ago}).`;
  }
}

customElements.define("blind-notice", BlindNotice);
