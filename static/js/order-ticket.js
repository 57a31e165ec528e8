// <order-ticket>: follows one order by its own stream until the meal is collected.

import { LiveStream } from "./live-stream.js";
import "./blind-notice.js";
import "./order-outlook.js";
import "./ticket-call.js";
import { offerPrint } from "./ticket-print.js";

const OVER = new Set(["COLLECTED", "REVOKED"]);
const CALLS = new Set(["SUCCESS", "FAILURE"]); // the customer has to come to the counter
const LOST_MS = 15_000; // blind for so long, the page asks whether there is a stream at all
const ASK_EVERY_MS = 30_000; // to twice as long: of ten thousand blind phones not all ask at once
const NOT_FOUND = 404;

class OrderTicket extends HTMLElement {
  #stream = null;
  #closed = new AbortController();
  #asked = -Infinity;

  connectedCallback() {
    this.#showParts(this.dataset.status);
    const { signal } = this.#closed;
    offerPrint(this.querySelector("[data-print]"), signal);
    document.addEventListener("visibilitychange", () => this.#lookAgain(), { signal });
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#lookAgain(), { signal });
    if (OVER.has(this.dataset.status)) return;
    this.#stream = new LiveStream(this.dataset.events, {
      whole: ["order", (order) => this.#show(order)],
      part: ["line", (line) => this.#outlook.show(line)],
      onBlind: (agoMs) => this.#goBlind(agoMs),
    });
    this.#stream.start();
  }

  disconnectedCallback() {
    this.#closed.abort();
    this.#stream?.stop();
  }

  get #outlook() {
    return this.querySelector("order-outlook");
  }

  #show({ status, progress, steps, result }) {
    this.#showSteps(steps);
    this.#showProgress(status === "STARTED" ? progress : null);
    if (status !== this.dataset.status) this.#showStatus(status);
    if (result !== null) this.#showResult();
    if (OVER.has(status)) this.#stream.stop();
  }

  #showStatus(status) {
    this.dataset.status = status;
    this.#outlook.clear();
    const words = this.querySelector(`template[data-status="${status}"]`).content.cloneNode(true);
    const number = this.querySelector(".stub-number").textContent.trim();
    const state = words.querySelector("strong").textContent.trim();
    document.title = `${number} · ${state} · Order Up`;
    if (CALLS.has(status)) {
      const advice = words.querySelector("strong + span").textContent.trim();
      this.querySelector("ticket-call").call(`${number} · ${state}`, advice);
    }
    this.querySelector("[data-state]").replaceChildren(words);
    this.#showParts(status);
  }

  #showParts(status) {
    for (const part of this.querySelectorAll("[data-only]")) {
      part.hidden = !part.dataset.only.split(" ").includes(status);
    }
    for (const step of this.querySelectorAll("[data-statuses]")) {
      if (step.dataset.statuses.split(" ").includes(status)) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }

  #showProgress(progress) {
    const part = this.querySelector("[data-progress]");
    part.hidden = !progress;
    if (!progress) return;
    const { done, of } = progress;
    Object.assign(part.querySelector("progress"), { max: of, value: done });
    const words = part.querySelector("[data-text]");
    words.textContent = words.dataset.text.replace("{done}", done).replace("{of}", of);
  }

  // Steps are only added, also by a later attempt: what is done stays done.
  #showSteps(steps) {
    const part = this.querySelector("[data-kept]");
    part.hidden = steps.length === 0;
    const list = part.querySelector("ol");
    for (const { name } of steps.slice(list.children.length)) {
      list.append(Object.assign(document.createElement("li"), { textContent: name }));
    }
  }

  // The server knows the dishes' names and how to say what their recipes have returned.
  async #showResult() {
    const part = this.querySelector("[data-result]");
    if (!part.hidden) return;
    const page = await this.#page();
    const result = page?.querySelector("[data-result]");
    if (result) part.replaceWith(document.importNode(result, true));
  }

  #goBlind(agoMs) {
    const notice = this.querySelector("blind-notice");
    this.toggleAttribute("data-blind", agoMs !== null);
    if (agoMs === null) return notice.hide();
    notice.show(agoMs);
    this.#outlook.clear();
    if (agoMs > LOST_MS) this.#askForStream();
  }

  // An order that is not known any more has no stream, and EventSource cannot tell that from trouble. The
  // page itself says what has become of it.
  async #askForStream() {
    if (performance.now() < this.#asked + ASK_EVERY_MS * (1 + Math.random())) return;
    this.#asked = performance.now();
    const answer = await fetch(this.dataset.events, { method: "HEAD" }).catch(() => null);
    if (answer?.status === NOT_FOUND) location.reload();
  }

  // An order that is over has no stream any more; but staff may have called it back meanwhile.
  async #lookAgain() {
    if (document.visibilityState !== "visible" || !OVER.has(this.dataset.status)) return;
    const page = await this.#page();
    const status = page?.querySelector("order-ticket")?.dataset.status;
    if (status && status !== this.dataset.status) location.reload();
  }

  // The page as it is now; null while nobody answers. An order that is not known any more says so.
  async #page() {
    try {
      const answer = await fetch(location.href);
      if (answer.status === NOT_FOUND) location.reload();
      if (!answer.ok) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return null;
    }
  }
}

customElements.define("order-ticket", OrderTicket);
