// <kiosk-stray>: a kiosk that ended up on a page of words goes on by itself, as its button would.
//
// Where trying again makes sense, after as long as the server asks for; else back to the start, in time to read.

import { goHome, isKiosk } from "./kiosk-home.js";

const READING_S = 30;

class KioskStray extends HTMLElement {
  #tick = 0;

  connectedCallback() {
    if (!isKiosk()) return;
    const { retryS } = this.dataset;
    this.#tick = setInterval(() => (retryS ? tryAgain() : goHome()), Number(retryS || READING_S) * 1_000);
  }

  disconnectedCallback() {
    clearInterval(this.#tick);
  }
}

// A page that cannot be loaded would leave the kiosk with the browser's own error: so it is asked first.
async function tryAgain() {
  try {
    const answer = await fetch(location.href);
    if (answer.ok) location.reload();
  } catch {
    // the next attempt comes in time
  }
}

customElements.define("kiosk-stray", KioskStray);
