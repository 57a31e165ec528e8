// <led-board>: keeps the numbers in the page as the counter has them, or says that it cannot.
//
// All boards of one browser share a stream. A change that does not follow what is shown has the
// stream opened anew, and it begins with a snapshot. What was called goes out as a `called` event.

import { Calls } from "./board-calls.js";
import { Tickets } from "./board-tickets.js";
import { keepAwake } from "./board-wake-lock.js";
import { LedColumn } from "./led-column.js";
import { ledNumber } from "./led-figures.js";
import { LiveStream } from "./live-stream.js";
import { openShared } from "./shared-source.js";
import "./blind-notice.js";
import "./board-sound.js";
import "./led-clock.js";

const LOOK_AT_FRAMES_MS = 1_000;

class LedBoard extends HTMLElement {
  #stream = null;
  #tickets = new Tickets();
  #calls = new Calls();
  #columns = new Map(); // <ol> → LedColumn
  #tick = 0;
  #awake = null;

  connectedCallback() {
    for (const list of this.querySelectorAll("ol[data-statuses]")) {
      const framedMs = (reference) => this.#calls.framedMs(reference);
      this.#columns.set(list, new LedColumn(list, { moreText: this.dataset.more, framedMs }));
    }
    this.#stream = new LiveStream(this.dataset.events, {
      whole: ["snapshot", (snapshot) => this.#replace(snapshot)],
      part: ["change", (change) => this.#apply(change)],
      onBlind: (agoMs) => this.#goBlind(agoMs),
      open: openShared,
    });
    this.#stream.start();
    this.#tick = setInterval(() => this.#columns.forEach((column) => column.draw()), LOOK_AT_FRAMES_MS);
    this.#awake = keepAwake();
  }

  disconnectedCallback() {
    this.#stream.stop();
    clearInterval(this.#tick);
    this.#columns.forEach((column) => column.stop());
    this.#awake.abort();
  }

  // Whether the number may be called now: it is ready, and that is known.
  isReady(reference) {
    return !this.hasAttribute("data-blind") && this.#tickets.status(reference) === "SUCCESS";
  }

  #replace(snapshot) {
    const isFirst = this.#tickets.isEmpty;
    const news = this.#tickets.replace(snapshot);
    if (isFirst) this.#calls.begin(this.#tickets.all(["SUCCESS"], { bySince: true }));
    this.#show(news);
  }

  #apply(change) {
    const news = this.#tickets.apply(change);
    if (news === null) return false;
    this.#show(news);
    return true;
  }

  #show(news) {
    const called = references(news, "SUCCESS");
    this.#calls.forget(news.filter(({ status }) => status !== "COLLECTED").map(({ reference }) => reference));
    this.#calls.call(called);
    for (const [list, column] of this.#columns) {
      const statuses = list.dataset.statuses.split(" ");
      const bySince = list.dataset.order === "since";
      column.show(this.#tickets.all(statuses, { bySince }).map(({ reference }) => reference));
      if (bySince && news.some(({ status }) => statuses.includes(status))) column.showLast();
    }
    this.#showCalled();
    this.#tell(called, references(news, "FAILURE"));
    if (called.length) this.dispatchEvent(new CustomEvent("called", { detail: called }));
  }

  #showCalled() {
    const { last } = this.#calls;
    const strip = this.querySelector("[data-called]");
    if (last.join() === strip.dataset.called) return;
    strip.dataset.called = last.join();
    strip.replaceChildren(...last.map((reference) => {
      const item = document.createElement("li");
      const words = document.createElement("span");
      words.className = "for-readers";
      words.textContent = reference;
      item.append(ledNumber(reference), words);
      return item;
    }));
  }

  // For those who listen. Not the lists themselves: a page that turns is no news.
  #tell(called, asked) {
    const region = this.querySelector("[data-news]");
    const say = (text) => (reference) => text.replace("{n}", reference);
    const words = [...called.map(say(region.dataset.ready)), ...asked.map(say(region.dataset.ask))];
    if (words.length) region.textContent = words.join(". ");
  }

  #goBlind(agoMs) {
    const notice = this.querySelector("blind-notice");
    if (agoMs === null && this.hasAttribute("data-blind")) this.#columns.forEach((column) => column.goOnBlinking());
    this.toggleAttribute("data-blind", agoMs !== null);
    this.toggleAttribute("data-live", agoMs === null);
    if (agoMs === null) notice.hide();
    else notice.show(agoMs);
  }
}

const references = (tickets, wanted) =>
  tickets.filter(({ status }) => status === wanted).map(({ reference }) => reference);

customElements.define("led-board", LedBoard);
