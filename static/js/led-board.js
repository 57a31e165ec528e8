// <led-board>: keeps the numbers in the page as the counter has them, or says that it cannot.
//
// A snapshot replaces everything. A change is taken only when it follows what is shown; otherwise
// the stream is opened anew, and it begins with a snapshot.

import { LiveStream } from "./live-stream.js";
import { ledNumber } from "./led-figures.js";
import "./blind-notice.js";
import "./led-clock.js";

const FRAMED_MS = 10_000; // how long a new number keeps its frame
const GONE = new Set(["COLLECTED", "REVOKED"]);

class LedBoard extends HTMLElement {
  #stream = null;
  #epoch = null;
  #version = null;
  #tickets = new Map(); // reference → { reference, status, since_ms }
  #arrived = new Map(); // reference → when it became ready while somebody watched

  connectedCallback() {
    this.#stream = new LiveStream(this.dataset.events, {
      whole: ["snapshot", (snapshot) => this.#replace(snapshot)],
      part: ["change", (change) => this.#apply(change)],
      onBlind: (agoMs) => this.#goBlind(agoMs),
    });
    this.#stream.start();
  }

  disconnectedCallback() {
    this.#stream.stop();
  }

  #replace({ epoch, version, tickets }) {
    const watching = this.#epoch !== null;
    const before = this.#tickets;
    this.#tickets = new Map();
    for (const ticket of tickets) this.#take(ticket, watching ? before : null);
    for (const gone of this.#arrived.keys()) if (!this.#tickets.has(gone)) this.#arrived.delete(gone);
    this.#epoch = epoch;
    this.#version = version;
    this.#draw();
  }

  #apply({ epoch, after, version, tickets }) {
    if (epoch !== this.#epoch || after !== this.#version) return false;
    for (const ticket of tickets) this.#take(ticket, this.#tickets);
    this.#version = version;
    this.#draw();
    return true;
  }

  // `before`: what was shown until now; null when nobody has seen this board yet.
  #take(ticket, before) {
    const { reference, status } = ticket;
    const isNew = before !== null && status === "SUCCESS" && before.get(reference)?.status !== "SUCCESS";
    if (isNew) this.#arrived.set(reference, performance.now());
    if (status !== "SUCCESS") this.#arrived.delete(reference);
    if (GONE.has(status)) this.#tickets.delete(reference);
    else this.#tickets.set(reference, ticket);
  }

  #goBlind(agoMs) {
    const notice = this.querySelector("blind-notice");
    this.toggleAttribute("data-blind", agoMs !== null);
    if (agoMs === null) notice.hide();
    else notice.show(agoMs);
  }

  #draw() {
    for (const list of this.querySelectorAll("ol[data-statuses]")) {
      const statuses = list.dataset.statuses.split(" ");
      const tickets = [...this.#tickets.values()].filter(({ status }) => statuses.includes(status));
      this.#drawList(list, tickets.sort(statuses.includes("PENDING") ? byReference : bySince));
    }
  }

  // Places stay as they are for as long as they can: only what is new is added, only what left goes.
  #drawList(list, tickets) {
    const room = Number(list.dataset.room);
    const keepsLast = list.dataset.keeps === "last";
    const [from, to] = keepsLast ? [1 - room, undefined] : [0, room - 1];
    const shown = tickets.length <= room ? tickets : tickets.slice(from, to);
    const known = new Map([...list.children].map((item) => [item.dataset.reference, item]));
    const items = shown.map(({ reference }) => known.get(reference) ?? this.#item(list, reference));
    if (shown.length < tickets.length) items.push(this.#more(tickets.length - shown.length));
    const keep = new Set(items);
    for (const item of [...list.children]) if (!keep.has(item)) item.remove();
    items.forEach((item, place) => {
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
      item.classList.toggle("is-new", this.#isNew(item.dataset.reference));
    });
  }

  // Framed while it is fresh; the last one to arrive also after that, for those who see no fading.
  #isNew(reference) {
    const at = this.#arrived.get(reference);
    if (at === undefined) return false;
    return performance.now() - at < FRAMED_MS || at === Math.max(...this.#arrived.values());
  }

  #item(list, reference) {
    const item = document.createElement("li");
    item.dataset.reference = reference;
    const words = document.createElement("span");
    words.className = "for-readers";
    words.textContent = list.dataset.spoken.replace("{n}", reference);
    item.append(ledNumber(reference), words);
    return item;
  }

  #more(count) {
    const item = document.createElement("li");
    item.className = "led-more";
    item.textContent = this.dataset.more.replace("{n}", count);
    return item;
  }
}

const byReference = (a, b) => a.reference.localeCompare(b.reference, "en", { numeric: true });
const bySince = (a, b) => a.since_ms - b.since_ms || byReference(a, b);

customElements.define("led-board", LedBoard);
