// <kitchen-screen>: the cards of the open orders, live, and the taps on them.
//
// What is on the screen is what the stream has told, and over it the taps that are not answered yet: a
// card shows at once where its tap leads, and says so until the server agrees.

import { keepAwake } from "./board-wake-lock.js";
import { LiveStream } from "./live-stream.js";
import { WAITING } from "./kitchen-card.js";
import { Countdowns } from "./kitchen-countdown.js";
import { listenForKeys } from "./kitchen-keys.js";
import { Outbox } from "./kitchen-outbox.js";
import { Places } from "./kitchen-places.js";
import { Rail } from "./kitchen-rail.js";
import { Words } from "./kitchen-words.js";
import { openShared } from "./shared-source.js";
import "./blind-notice.js";

const SESSION_CHECK_MS = 60_000;
const NOTICE_MS = 10_000;

class KitchenScreen extends HTMLElement {
  #rail = new Rail();
  #countdowns = new Countdowns();
  #words = null;
  #places = null;
  #outbox = null;
  #stream = null;
  #stopKeys = null;
  #awake = null;
  #timers = [];
  #notice = 0;

  connectedCallback() {
    this.#words = new Words(this);
    this.#places = new Places(this, this.#words);
    this.#outbox = new Outbox({
      onChange: () => this.#render(),
      onDone: (_, order) => this.#rail.learn(order),
      onRefused: ({ reference }) => this.#say(this.#words.say("refused", { number: reference })),
      onSignedOut: () => this.#signOut(),
    });
    this.addEventListener("submit", (event) => this.#tap(event));
    this.addEventListener("click", (event) => this.#cancel(event.target.closest("[data-cancel]")));
    this.#stopKeys = listenForKeys({ choose: (text) => this.#choose(text), putFirst: () => this.#putFirst() });
    this.#stream = new LiveStream("/kitchen/events", {
      whole: ["snapshot", (snapshot) => this.#rail.replace(snapshot) ?? this.#render()],
      part: ["change", (change) => this.#change(change)],
      onBlind: (agoMs) => this.#showLink(agoMs),
      open: openShared, // a browser opens six connections to a host, and the taps need one
    });
    this.#stream.start();
    this.#awake = keepAwake();
    this.#timers = [
      setInterval(() => this.#showAges(), 1_000),
      setInterval(() => this.#checkSession(), SESSION_CHECK_MS),
    ];
  }

  disconnectedCallback() {
    this.#stream.stop();
    this.#stopKeys();
    this.#awake.abort();
    this.#timers.forEach(clearInterval);
  }

  // -- taps -------------------------------------------------------------------------------------

  #tap(event) {
    const card = this.#places.cardAt(event.target);
    if (!card) return; // the page as it was loaded: its forms work by themselves
    event.preventDefault();
    if (card.rests) return;
    if (event.target.dataset.tap === "priority") this.#count(card);
    else this.#put("status", card, Object.fromEntries(new FormData(event.target)));
  }

  // Every tap says after how many entries of the order's history it was made, those of the taps before it
  // counted in: then it is never done twice, however often it is sent, and undoes nothing that it had not seen.
  #put(kind, { order }, body) {
    const after = this.#outbox.after(order.id) ?? order.history.length;
    this.#outbox.put(kind, order.id, order.reference, { ...body, after });
  }

  // An order is put first three seconds after the tap, unless it is cancelled.
  #count(card) {
    const { id, priority } = card.order;
    const word = priority ? "not-first" : "first";
    const cancel = card.element.querySelector("[data-cancel]");
    this.#countdowns.begin(id, {
      show: (seconds) => {
        const hadFocus = seconds === null && document.activeElement === cancel;
        card.showCountdown(seconds && this.#words.say(word, { n: seconds }));
        if (hadFocus) card.first.focus({ preventScroll: true });
      },
      onOver: () => this.#put("priority", card, { priority: !priority }),
    });
    cancel.focus({ preventScroll: true });
  }

  #cancel(button) {
    if (button) this.#countdowns.cancel(this.#places.cardAt(button).order.id);
  }

  #choose(text) {
    const card = this.#places.shown.find(({ order }, at) => [order.reference, String(at + 1)].includes(text));
    card?.next.focus();
    card?.wake(); // who types its number means this one
    return Boolean(card);
  }

  #putFirst() {
    const card = this.#places.cardAt(document.activeElement);
    if (card && WAITING.has(card.order.status)) card.first.form.requestSubmit(card.first);
  }

  // -- what is shown ----------------------------------------------------------------------------

  #change(change) {
    const fits = this.#rail.change(change);
    if (fits) this.#render();
    return fits;
  }

  #render() {
    if (!this.#rail.known) return;
    const orders = this.#rail.orders.map((order) => this.#expected(order)).filter((order) => !this.#isPast(order));
    const waiting = orders.filter(({ status }) => WAITING.has(status));
    this.#countdowns.keep(new Set(waiting.map(({ id }) => id)));
    this.#places.show(orders, ({ id }) => Boolean(this.#outbox.last("status", id) ?? this.#outbox.last("priority", id)));
    this.#showAges();
    this.querySelector("[data-paused]").hidden = !this.#rail.paused;
    const count = this.querySelector("[data-unsent-count]");
    count.hidden = this.#outbox.size === 0;
    count.textContent = this.#words.say("unsent", { n: this.#outbox.size });
  }

  // The order as it will be when the taps on it have been answered.
  #expected(order) {
    const { status = order.status } = this.#outbox.last("status", order.id) ?? {};
    const { priority = order.priority } = this.#outbox.last("priority", order.id) ?? {};
    return { ...order, status, priority };
  }

  // Whether it was collected so long ago that it cannot be recalled.
  #isPast({ status, finished_ms: finishedMs }) {
    return status === "COLLECTED" && finishedMs && this.#rail.nowMs - finishedMs > Number(this.dataset.recallMs);
  }

  #showAges() {
    const past = this.#places.shown.some(({ order }) => this.#isPast(order));
    if (past) this.#render();
    else for (const card of this.#places.shown) card.showAge(this.#rail.nowMs);
  }

  #say(words) {
    const notice = this.querySelector("[data-word]");
    notice.querySelector("span").textContent = words;
    notice.hidden = false;
    clearTimeout(this.#notice);
    this.#notice = setTimeout(() => (notice.hidden = true), NOTICE_MS);
  }

  // -- the connection -----------------------------------------------------------------------------

  #showLink(agoMs) {
    const notice = this.querySelector("blind-notice");
    if (agoMs === null) {
      this.#sayLink("live");
      notice.hide();
      this.#outbox.send();
    } else {
      this.#sayLink("blind");
      notice.show(agoMs);
      this.#checkSession();
    }
  }

  #sayLink(state) {
    const link = this.querySelector("[data-link]");
    if (link.dataset.link !== state) link.textContent = this.#words.say(state);
    link.dataset.link = state;
  }

  // A stream cannot say why it was refused, so something else of the staff's is asked.
  async #checkSession() {
    const answer = await fetch("/kitchen/events", { method: "HEAD" }).catch(() => null);
    if (answer?.status === 401) this.#signOut();
  }

  // What customers have ordered is nobody else's business.
  #signOut() {
    this.#stream.stop();
    this.#rail.forget();
    this.#render();
    this.querySelector("[data-signed-out]").hidden = false;
    this.toggleAttribute("data-gone", true);
    this.#sayLink("blind");
    this.querySelector("blind-notice").hide();
  }
}

customElements.define("kitchen-screen", KitchenScreen);
