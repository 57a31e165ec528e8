// One list of LED numbers. When there are more than it has room for, its pages turn, slowly.

import { ledNumber } from "./led-figures.js";

const PAGE_MS = 8_000;

export class LedColumn {
  #list;
  #moreText;
  #framedMs;
  #references = [];
  #page = 0;
  #turning = 0;
  #turns = Infinity; // since the newest were shown out of turn

  // framedMs(reference): for how long a number has been framed, null for none.
  constructor(list, { moreText, framedMs }) {
    this.#list = list;
    this.#moreText = moreText;
    this.#framedMs = framedMs;
  }

  show(references) {
    this.#references = references;
    this.#page = Math.min(this.#page, this.#pages - 1);
    if (this.#pages === 1) this.stop();
    else this.#turning ||= setInterval(() => this.#turn(), PAGE_MS);
    this.draw();
  }

  // To where the newest are, for as long as a page stays; but every page has its turn in between, or in a
  // rush those who have waited longest would never see their number.
  showLast() {
    if (this.#pages === 1 || this.#turns < this.#pages - 1) return;
    this.stop();
    this.#turns = 0;
    this.#page = this.#pages - 1;
    this.show(this.#references);
  }

  // After a time in which nothing blinked: whatever had done so before does not begin again.
  goOnBlinking() {
    for (const item of this.#list.children) item.classList.remove("is-new");
    this.draw();
  }

  stop() {
    clearInterval(this.#turning);
    this.#turning = 0;
    this.#turns = Infinity;
  }

  #turn() {
    this.#turns += 1;
    this.#page = (this.#page + 1) % this.#pages;
    this.draw();
  }

  get #room() {
    return Number(this.#list.dataset.room);
  }

  get #pages() {
    const count = this.#references.length;
    return count <= this.#room ? 1 : Math.ceil(count / (this.#room - 1));
  }

  // Every page is a full one, or its numbers would be larger than on the others.
  get #shown() {
    if (this.#pages === 1) return this.#references;
    const size = this.#room - 1; // the last place says how many there are besides
    const from = Math.min(this.#page * size, this.#references.length - size);
    return this.#references.slice(from, from + size);
  }

  // Places stay as they are for as long as they can: only what is new is added, only what left goes.
  draw() {
    const known = new Map([...this.#list.children].map((item) => [item.dataset.reference, item]));
    const items = this.#shown.map((reference) => known.get(reference) ?? this.#item(reference));
    for (const item of items) this.#frame(item);
    if (this.#pages > 1) items.push(this.#more());
    const keep = new Set(items);
    for (const item of [...this.#list.children]) if (!keep.has(item)) item.remove();
    items.forEach((item, place) => {
      const there = this.#list.children[place];
      if (there !== item) this.#list.insertBefore(item, there ?? null);
    });
  }

  // A number that is shown again, on its page, goes on blinking where it was: see board-numbers.css.
  #frame(item) {
    const framedMs = this.#framedMs(item.dataset.reference);
    const isNew = framedMs !== null;
    if (isNew && !item.classList.contains("is-new")) item.style.setProperty("--framed", `${-framedMs}ms`);
    item.classList.toggle("is-new", isNew);
  }

  #item(reference) {
    const item = document.createElement("li");
    item.dataset.reference = reference;
    const words = document.createElement("span");
    words.className = "for-readers";
    words.textContent = this.#list.dataset.spoken.replace("{n}", reference);
    item.append(ledNumber(reference), words);
    return item;
  }

  #more() {
    const item = document.createElement("li");
    item.className = "led-more";
    const count = document.createElement("span");
    count.textContent = this.#moreText.replace("{n}", this.#references.length - this.#shown.length);
    const page = document.createElement("small");
    page.textContent = `${this.#page + 1}/${this.#pages}`;
    item.append(count, page);
    return item;
  }
}
