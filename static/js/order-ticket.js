// <order-ticket>: follows one order by its own stream until the meal is collected.

import { LiveStream } from "./live-stream.js";
import "./blind-notice.js";

const OVER = new Set(["COLLECTED", "REVOKED"]);

class OrderTicket extends HTMLElement {
  #stream = null;

  connectedCallback() {
    if (OVER.has(this.dataset.status)) return;
    this.#stream = new LiveStream(this.dataset.events, {
      whole: ["order", (order) => this.#show(order)],
      onBlind: (agoMs) => this.#goBlind(agoMs),
    });
    this.#stream.start();
  }

  disconnectedCallback() {
    this.#stream?.stop();
  }

  #show({ status, progress }) {
    this.#showProgress(status === "STARTED" ? progress : null);
    if (status !== this.dataset.status) this.#showStatus(status);
    if (OVER.has(status)) this.#stream.stop();
  }

  #showStatus(status) {
    this.dataset.status = status;
    const words = this.querySelector(`template[data-status="${status}"]`);
    this.querySelector("[data-state]").replaceChildren(words.content.cloneNode(true));
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

  #goBlind(agoMs) {
    const notice = this.querySelector("blind-notice");
    this.toggleAttribute("data-blind", agoMs !== null);
    if (agoMs === null) notice.hide();
    else notice.show(agoMs);
  }
}

customElements.define("order-ticket", OrderTicket);
