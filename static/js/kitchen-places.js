// Where the cards hang: to cook, please ask, ready, collected. Each order keeps its card wherever it goes.

import { Card } from "./kitchen-card.js";

const PLACES = {
  PENDING: "cook", RETRY: "cook", STARTED: "cook", FAILURE: "ask", SUCCESS: "ready", COLLECTED: "collected",
};

export class Places {
  #page;
  #words;
  #cards = new Map(); // id → Card

  constructor(page, words) {
    this.#page = page;
    this.#words = words;
  }

  // The cards on the screen, in the order of their numbers.
  get shown() {
    const elements = [...this.#page.querySelectorAll("[data-place] > [data-order]")];
    return elements.map((element) => this.cardAt(element)).filter(Boolean);
  }

  // The card that this element is a part of, if it is one of ours.
  cardAt(element) {
    return this.#cards.get(element?.closest("[data-order]")?.dataset.order);
  }

  // Show these orders and no others. isUnsent(order): whether it shows a tap that is not answered yet.
  show(orders, isUnsent) {
    const returnFocus = this.#rememberFocus();
    const places = { cook: [], ask: [], ready: [], collected: [] };
    for (const order of orders) places[PLACES[order.status]]?.push(order);
    for (const [place, here] of Object.entries(places)) this.#fill(place, here.sort(byTurn), isUnsent);
    const ids = new Set(orders.map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    for (const [at, card] of this.shown.entries()) card.showNumber(at + 1);
    this.#showTotals(places.cook);
    returnFocus();
  }

  #fill(place, orders, isUnsent) {
    const list = this.#page.querySelector(`[data-place="${place}"]`);
    const most = Number(this.#page.dataset.most);
    const cards = orders.slice(0, most).map((order) => this.#card(order));
    const staying = new Set(cards.map(({ element }) => element));
    for (const element of [...list.children]) if (!staying.has(element)) element.remove();
    for (const [at, card] of cards.entries()) {
      if (list.children[at] !== card.element) list.insertBefore(card.element, list.children[at] ?? null);
      card.show(orders[at], { place: `${place} ${at}`, unsent: isUnsent(orders[at]) });
    }
    for (const count of this.#page.querySelectorAll(`[data-count="${place}"]`)) count.textContent = orders.length;
    const more = this.#page.querySelector(`[data-more="${place}"]`);
    more.hidden = orders.length <= most;
    more.textContent = this.#words.say("more", { n: orders.length - most });
    this.#page.querySelector(`[data-empty="${place}"]`).hidden = orders.length > 0;
  }

  #card(order) {
    if (!this.#cards.has(order.id)) {
      const { hurryMs, lateMs } = this.#page.dataset;
      const limits = { hurryMs: Number(hurryMs), lateMs: Number(lateMs) };
      this.#cards.set(order.id, new Card(this.#page.querySelector("#card"), order, this.#words, limits));
    }
    return this.#cards.get(order.id);
  }

  // "7 × Large fries": how much of each dish is still to cook in all orders together.
  #showTotals(orders) {
    const totals = new Map();
    for (const { sku, quantity } of orders.flatMap(({ items }) => items)) {
      if (this.#words.isCooked(sku)) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
    }
    const most = [...totals].sort(([, one], [, other]) => other - one);
    const lines = most.map(([sku, quantity]) => this.#words.line({ sku, quantity }));
    this.#page.querySelector("[data-totals]").replaceChildren(...lines);
  }

  // Moving a card in the page takes the focus from it. A card that has gone to another place hands it to
  // the one that now is where it was.
  #rememberFocus() {
    const button = document.activeElement;
    const card = this.cardAt(button)?.element;
    const list = card?.parentElement;
    const at = list ? [...list.children].indexOf(card) : -1;
    return () => {
      if (!list || (document.activeElement === button && card.parentElement === list)) return;
      const heir = this.cardAt(list.children[at] ?? list.lastElementChild);
      const target = card.parentElement === list ? button : heir?.next;
      target?.focus({ preventScroll: true });
    };
  }
}

// Oldest first, priority before; the latest collected first, since it is the one to recall.
function byTurn(one, other) {
  if (one.status === "COLLECTED") {
    return (other.finished_ms ?? Number.MAX_VALUE) - (one.finished_ms ?? Number.MAX_VALUE);
  }
  return other.priority - one.priority || one.placed_ms - other.placed_ms || (one.id < other.id ? -1 : 1);
}
