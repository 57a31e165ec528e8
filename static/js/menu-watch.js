// <menu-watch>: hears what is sold out and what is special, as it happens, and tells the order form around it.

import { LiveStream } from "./live-stream.js";
import { openShared } from "./shared-source.js";
import "./blind-notice.js";

class MenuWatch extends HTMLElement {
  #stream = null;

  connectedCallback() {
    const form = this.closest("order-form");
    this.#stream = new LiveStream(this.dataset.events, {
      whole: [
        "menu",
        ({ sold_out: soldOut, special }) => {
          form.showSoldOut(new Set(soldOut));
          form.showSpecial(special);
        },
      ],
      onBlind: (agoMs) => this.#goBlind(agoMs),
      open: openShared,
    });
    this.#stream.start();
  }

  disconnectedCallback() {
    this.#stream?.stop();
  }

  // Whoever sees what is sold out takes orders too: what was wrong when the page was loaded is over.
  #goBlind(agoMs) {
    const asLoaded = this.parentElement.querySelector("[data-as-loaded]");
    if (asLoaded) asLoaded.hidden = agoMs === null;
    const notice = this.querySelector("blind-notice");
    if (agoMs === null) notice.hide();
    else notice.show(agoMs);
  }
}

customElements.define("menu-watch", MenuWatch);
