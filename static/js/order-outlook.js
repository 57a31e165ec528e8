// <order-outlook>: the place in line, and from when to when the meal will be ready. It counts down by
// itself from what the server said last; when that is over and nothing came, it says nothing.

import { Stopwatch } from "./stopwatch.js";

const IN_SECONDS_TO_S = 90; // what takes longer is told in minutes, as web/ticket.py does
const STEP_S = 10;

class OrderOutlook extends HTMLElement {
  #said = null;
  #since = new Stopwatch();
  #tick = 0;

  disconnectedCallback() {
    clearInterval(this.#tick);
  }

  // line: { ahead, ready_in_s: [from, to] }; null where there is no telling. Returns true: it fits.
  show({ ahead, ready_in_s: said }) {
    this.#said = said;
    this.#since = new Stopwatch();
    this.#fill("[data-place]", ahead === null ? "" : String(ahead + 1));
    clearInterval(this.#tick);
    if (said) this.#tick = setInterval(() => this.#countDown(), 1_000);
    this.#countDown();
    return true;
  }

  clear() {
    this.show({ ahead: null, ready_in_s: null });
  }

  #countDown() {
    const goneS = this.#since.elapsedMs / 1_000;
    const [fromS, toS] = (this.#said ?? [0, 0]).map((s) => s - goneS);
    this.#fill("[data-ready]", toS > 0 ? this.#inWords(Math.max(0, fromS), toS) : "");
    const parts = [...this.querySelectorAll("[data-place], [data-ready]")];
    this.hidden = parts.every((part) => part.hidden);
  }

  #inWords(fromS, toS) {
    const [unit, sizeS, step] = toS > IN_SECONDS_TO_S ? ["minute", 60, 1] : ["second", 1, STEP_S];
    const from = Math.floor(fromS / sizeS / step) * step;
    const to = Math.ceil(toS / sizeS / step) * step;
    const figures = { style: "unit", unit, unitDisplay: "long", numberingSystem: "latn" };
    const longest = new Intl.NumberFormat(document.documentElement.lang, figures).format(to);
    return from ? `${from}–${longest}` : this.dataset.most.replace("{time}", longest);
  }

  #fill(part, words) {
    const found = this.querySelector(part);
    found.hidden = !words;
    found.querySelector("strong").textContent = words;
  }
}

customElements.define("order-outlook", OrderOutlook);
