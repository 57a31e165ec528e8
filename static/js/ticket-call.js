// <ticket-call>: calls the customer when the meal is ready: by a chime, by vibration, and by a
// notification if the customer asked for one.
//
// A browser plays nothing before the page was touched, and the mark says so. Notifications exist only
// by https; where there are none, nothing is offered.

import { Chime } from "./board-chime.js";
import { Messenger } from "./ticket-messenger.js";

const VIBRATION_MS = [400, 150, 400, 150, 800];
const SILENT = "ticket-silent"; // what this browser remembers

class TicketCall extends HTMLElement {
  #chime = null;
  #messenger = null;
  #silent = false;
  #over = new AbortController();

  connectedCallback() {
    this.#silent = remembered(SILENT) === "yes";
    this.#chime = new Chime(() => this.#show());
    this.#messenger = new Messenger(this.closest("order-ticket").dataset.events);
    const { signal } = this.#over;
    for (const touch of ["click", "keydown"]) {
      document.addEventListener(touch, () => this.#chime.unlock(), { signal });
    }
    this.#button("sound").addEventListener("click", () => this.#turnSound());
    this.#button("message").addEventListener("click", () => this.#askForMessage());
    this.#show();
  }

  disconnectedCallback() {
    this.#over.abort();
    this.#chime?.close();
  }

  call(title, text) {
    if (!this.#silent) {
      this.#chime.play();
      navigator.vibrate?.(VIBRATION_MS);
    }
    this.#messenger.send(title, text);
  }

  // The first tap allows the sound and lets it be heard; the next ones turn it off and on.
  #turnSound() {
    if (!this.#chime.isAllowed) this.#silent = false;
    else this.#silent = !this.#silent;
    remember(SILENT, this.#silent ? "yes" : "no");
    if (!this.#silent) this.#chime.unlock().then(() => this.#chime.play());
    this.#show();
  }

  async #askForMessage() {
    await this.#messenger.ask();
    this.#show();
  }

  #show() {
    const sound = this.#silent ? "off" : this.#chime.isAllowed ? "on" : "blocked";
    this.#say("sound", sound);
    this.#button("sound").hidden = !this.#chime.isPossible;
    this.#say("message", this.#messenger.state);
    this.#button("message").hidden = this.#messenger.state === "impossible";
  }

  #say(button, state) {
    for (const words of this.#button(button).querySelectorAll("[data-when]")) {
      words.hidden = words.dataset.when !== state;
    }
  }

  #button(name) {
    return this.querySelector(`[data-${name}]`);
  }
}

// A browser that keeps nothing (private windows, blocked storage) forgets it, and that is all.
function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}

customElements.define("ticket-call", TicketCall);
