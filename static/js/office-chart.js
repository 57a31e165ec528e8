// <office-chart>: draws the table that it contains. Lines for what goes on in time, bars for the rest.
//
// Plain: each line is labelled at its end, the axes say what they count, nothing else is drawn.

import { bars, lines, ranks } from "./office-drawing.js";

const KINDS = { series: lines, hours: bars, items: ranks };

class OfficeChart extends HTMLElement {
  #watch = new ResizeObserver(() => this.draw());

  connectedCallback() {
    this.#watch.observe(this.querySelector("[data-drawing]"));
  }

  disconnectedCallback() {
    this.#watch.disconnect();
  }

  draw() {
    const place = this.querySelector("[data-drawing]");
    const { clientWidth: width } = place;
    const [table, empty] = [this.#read(), !this.#hasNumbers()];
    if (!width) return;
    const drawing = empty ? [] : [KINDS[this.dataset.rows](table, width, this.dataset.unit)];
    this.querySelector("[data-empty]").hidden = !empty;
    place.replaceChildren(...drawing);
  }

  #read() {
    const rows = [...this.querySelectorAll("tbody tr")];
    const columns = [...this.querySelectorAll("[data-title]")].map((head, at) => ({
      title: head.dataset.title,
      values: rows.map((row) => number(row.cells[at + 1].textContent)),
    }));
    return { labels: rows.map((row) => row.cells[0].textContent), columns };
  }

  #hasNumbers() {
    return [...this.querySelectorAll("tbody td")].some(({ textContent }) => Number(textContent) > 0);
  }
}

const number = (text) => (text === "" ? null : Number(text));

customElements.define("office-chart", OfficeChart);
