// <office-order>: loads its page again when the order has changed, so that the history on it is whole.

import { LiveStream } from "./live-stream.js";
import "./blind-notice.js";

class OfficeOrder extends HTMLElement {
  #stream = null;

  connectedCallback() {
    const notice = document.querySelector("blind-notice");
    this.#stream = new LiveStream(`/orders/${this.dataset.order}/events`, {
      whole: ["order", (order) => this.#compare(order)],
      onBlind: (agoMs) => (agoMs === null ? notice.hide() : notice.show(agoMs)),
    });
    // What is over has a stream that ends at once, which is no reason for a notice.
    if (this.dataset.over === undefined) this.#stream.start();
  }

  disconnectedCallback() {
    this.#stream.stop();
  }

  #compare({ history, progress }) {
    const now = progress ? `${progress.done}/${progress.of}` : "";
    if (history.length !== Number(this.dataset.entries) || now !== this.dataset.progress) location.reload();
  }
}

customElements.define("office-order", OfficeOrder);
