// <board-sound>: chime and voice of a board, and the mark that says whether they can be heard.
//
// Inside a <led-board> it calls what that calls; on the set-up page it is there for the test.

import { Announcer } from "./board-announcer.js";
import { Chime } from "./board-chime.js";
import { Voice } from "./board-voice.js";

class BoardSound extends HTMLElement {
  #chime = null;
  #voice = null;
  #over = new AbortController();

  connectedCallback() {
    if (!this.#wants("sound") && !this.#wants("voice")) return; // the page says already: silent
    const { english, words, example } = this.dataset;
    const show = () => this.#show();
    this.#chime = new Chime(show); // for a voice alone too: it knows what is allowed
    this.#voice = new Voice({ en: english, [document.documentElement.lang]: words }, show);
    const announcer = new Announcer({
      chime: this.#wants("sound") ? () => this.#chime.play() : null,
      say: this.#wants("voice") ? (reference) => this.#say(reference) : null,
    });
    const board = this.closest("led-board");
    const isReady = (reference) => board.isReady(reference);
    this.#on(board, "called", ({ detail }) => announcer.call(detail, isReady));
    this.#on(this.querySelector("[data-test]"), "click", () => announcer.call([example], () => true));
    for (const touch of ["click", "keydown"]) this.#on(document, touch, () => this.#chime.unlock());
    this.#show();
  }

  disconnectedCallback() {
    this.#over.abort();
    this.#chime?.close();
  }

  #wants(what) {
    return this.dataset[what] === "on";
  }

  #on(target, type, handler) {
    target?.addEventListener(type, handler, { signal: this.#over.signal });
  }

  async #say(reference) {
    if (this.#chime.isAllowed) await this.#voice.say(reference);
  }

  #show() {
    const state = !this.#chime.isPossible ? "silent" : this.#chime.isAllowed ? "heard" : "blocked";
    const hadFocus = this.contains(document.activeElement);
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
    if (hadFocus) this.querySelector("button:not([hidden])")?.focus();
    const lacksVoice = this.#wants("voice") && state === "heard" && !this.#voice.isPossible;
    this.querySelector("[data-voiceless]").hidden = !lacksVoice;
  }
}

customElements.define("board-sound", BoardSound);
