// One card of the kitchen screen: the blank that the page carries, filled in with an order.
//
// A card stays the same element as long as its order is on the screen, so that neither finger nor focus
// loses it. Its buttons are those of the page without JavaScript.
//
// When a card has just changed, or moved to where another one was, its buttons rest for a moment: the tap
// that comes now was meant for what was there before, by a trembling finger or by a second cook.

const REST_MS = 400; // a finger that is on its way already cannot be called back sooner

export const WAITING = new Set(["PENDING", "RETRY"]);

export class Card {
  element;
  order = null;
  #words;
  #limits;
  #place = null;
  #resting = 0;

  // limits: { hurryMs, lateMs }
  constructor(blank, order, words, limits) {
    this.element = blank.content.firstElementChild.cloneNode(true);
    this.#words = words;
    this.#limits = limits;
    this.element.dataset.order = order.id;
    this.#set(".card-number", order.reference);
    for (const number of this.#all("[data-number]")) number.textContent = order.reference;
    this.#set(".card-service", words.of("service", order.service));
    this.#at(".card-service").dataset.service = order.service;
    this.#set(".card-name", order.name ?? "");
    this.#at(".card-items").replaceChildren(...order.items.map((item) => words.line(item)));
  }

  get next() {
    return this.#at(".next");
  }

  get first() {
    return this.#at(".first");
  }

  get rests() {
    return this.#resting !== 0;
  }

  wake() {
    clearTimeout(this.#resting);
    this.#resting = 0;
    for (const button of this.#all("form .button")) button.ariaDisabled = null;
  }

  #rest() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.wake(), REST_MS);
    for (const button of this.#all("form .button")) button.ariaDisabled = "true";
  }

  // place: where on the screen, in any words; unsent: whether the server has not answered that tap yet.
  show(order, { place, unsent }) {
    if (order.status !== this.order?.status || place !== this.#place) this.#rest();
    this.order = order;
    this.#place = place;
    const { status, priority, progress, error } = order;
    this.element.dataset.status = status;
    this.element.toggleAttribute("data-priority", priority);
    const doing = status === "STARTED" && progress;
    this.#set(".card-state", doing ? this.#words.say("robot", progress) : this.#words.of("state", status));
    this.#showTap("next", { status: this.#words.target(status), from: status });
    this.#set("[data-verb]", this.#words.of("next", status));
    this.#at('[data-tap="close"]').hidden = status !== "FAILURE";
    this.#showTap("priority", { priority: String(!priority) });
    this.#at('[data-tap="priority"]').hidden = !WAITING.has(status);
    this.first.setAttribute("aria-pressed", String(Boolean(priority)));
    this.#set("[data-error]", error ?? "");
    this.#at("[data-error]").hidden = status !== "FAILURE" || !error;
    this.#at("[data-unsent]").hidden = !unsent;
  }

  // The number to type for it.
  showNumber(number) {
    this.#set(".card-place", number);
  }

  showAge(nowMs) {
    const { status, placed_ms: placedMs, ready_ms: readyMs, finished_ms: finishedMs } = this.order;
    const sinceMs = (status === "COLLECTED" ? finishedMs : status === "SUCCESS" ? readyMs : 0) || placedMs;
    const ageMs = Math.max(0, nowMs - sinceMs);
    const late = ageMs >= this.#limits.lateMs;
    this.element.dataset.age = late ? "late" : ageMs >= this.#limits.hurryMs ? "hurry" : "fresh";
    const word = late && PREPARING.has(status) ? "late" : "min";
    this.#set("[data-age-words]", this.#words.say(word, { n: Math.floor(ageMs / 60_000) }));
  }

  // text: "Goes first in 3 s"; null when nothing is being counted down.
  showCountdown(text) {
    this.#at(".card-countdown").hidden = text === null;
    this.#at(".card-actions").hidden = text !== null;
    this.#set("[data-countdown]", text ?? "");
  }

  #showTap(name, fields) {
    const form = this.#at(`[data-tap="${name}"]`);
    for (const [field, value] of Object.entries(fields)) form.elements[field].value = value ?? "";
  }

  #set(selector, text) {
    const part = this.#at(selector);
    if (part.textContent !== String(text)) part.textContent = text;
  }

  #at(selector) {
    return this.element.querySelector(selector);
  }

  #all(selector) {
    return this.element.querySelectorAll(selector);
  }
}

const PREPARING = new Set(["PENDING", "RETRY", "STARTED"]);
