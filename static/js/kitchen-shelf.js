// <sold-out-shelf>: one switch for each item, live, since somebody else may switch it too.

import { dialogOf } from "./kitchen-dialog.js";
import { put } from "./kitchen-outbox.js";
import { LiveStream } from "./live-stream.js";
import { openShared } from "./shared-source.js";

class SoldOutShelf extends HTMLElement {
  #stream = null;

  connectedCallback() {
    dialogOf(this);
    this.addEventListener("click", (event) => this.#tap(event.target.closest("[data-sku]")));
    this.#stream = new LiveStream("/menu/events", {
      whole: ["menu", ({ sold_out: soldOut }) => this.#show(new Set(soldOut))],
      onBlind: () => {}, // the screen says so already
      open: openShared,
    });
    this.#stream.start();
  }

  disconnectedCallback() {
    this.#stream?.stop();
  }

  // The switch moves when the server has said yes: what is shown is what customers can order.
  async #tap(item) {
    if (!item || item.ariaBusy === "true") return;
    item.ariaBusy = "true";
    const available = item.ariaChecked === "true";
    const answer = await put(`/api/menu/${item.dataset.sku}`, { available });
    item.ariaBusy = "false";
    this.querySelector("[data-problem]").hidden = Boolean(answer?.ok);
    if (answer?.ok) item.ariaChecked = String(!available);
    this.#count();
  }

  #show(soldOut) {
    for (const item of this.querySelectorAll("[data-sku]")) {
      item.ariaChecked = String(soldOut.has(item.dataset.sku));
    }
    for (const dish of document.querySelectorAll("[data-add]")) {
      dish.disabled = soldOut.has(dish.dataset.add);
    }
    this.#count();
  }

  #count() {
    const count = this.querySelectorAll('[aria-checked="true"]').length;
    document.querySelector("[data-sold-out-count]").textContent = count || "";
  }
}

customElements.define("sold-out-shelf", SoldOutShelf);
