// The words of the kitchen screen in the page's language, as the page's <template id="words"> has them.

export class Words {
  #words;
  #line;

  constructor(page) {
    this.#words = page.querySelector("#words").content;
    this.#line = page.querySelector("#line").content;
  }

  // of("state", "STARTED"): "Cooking". What has no words is said as it is.
  of(kind, name) {
    return this.#words.querySelector(`[data-${kind}="${CSS.escape(name)}"]`)?.textContent ?? name;
  }

  // say("min", { n: 6 }): "6 min"
  say(name, values = {}) {
    return this.of("word", name).replace(/\{(\w+)\}/g, (_, value) => values[value]);
  }

  // The status to which the button of a card in this status leads.
  target(status) {
    return this.#words.querySelector(`[data-next="${status}"]`)?.dataset.to;
  }

  isCooked(sku) {
    return this.#words.querySelector(`[data-sku="${CSS.escape(sku)}"]`)?.dataset.served !== "counter";
  }

  // One line of an order: "2 × Small fries", and the note.
  line({ sku, quantity, note }) {
    const line = this.#line.firstElementChild.cloneNode(true);
    line.querySelector("b").textContent = `${quantity} ×`;
    line.querySelector("[data-name]").textContent = this.of("sku", sku);
    line.querySelector("[data-note]").textContent = note ?? "";
    line.querySelector("[data-note]").hidden = !note;
    return line;
  }
}
