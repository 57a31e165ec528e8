// A part of a page that asks the server again now and then, while somebody looks. Who extends it says what
// is done with the answer in `take(text)`, and may say how often (`everyMs`) and how (`options`) to ask.

export class RefreshedPart extends HTMLElement {
  #timer = 0;
  everyMs = 15_000;
  options = {};

  connectedCallback() {
    this.#timer = setInterval(() => this.#refresh(), this.everyMs);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    if (document.visibilityState !== "visible") return; // nobody looks
    const answer = await fetch(this.dataset.ask, this.options).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    if (text) this.take(text);
  }
}
