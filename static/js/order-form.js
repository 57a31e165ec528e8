// <order-form>: + and − beside each number field, the order and its total, one submit only.
//
// The form inside works without it. What may be ordered and what it costs, the server decides again.

const MOST = 99;

class OrderForm extends HTMLElement {
  #form = null;
  #sent = false;

  connectedCallback() {
    this.#form = this.querySelector("form");
    for (const input of this.#quantities()) this.#addSteps(input);
    this.#form.addEventListener("input", () => this.#showOrder());
    this.#form.addEventListener("submit", (event) => this.#submitOnce(event));
    window.addEventListener("pageshow", this);
    this.querySelector(".total").hidden = false;
    this.#showOrder();
  }

  disconnectedCallback() {
    window.removeEventListener("pageshow", this);
  }

  // Back by the browser's memory, from the ticket or from a failed attempt: what was chosen is still
  // there. The form keeps its key, so the server knows the same order when it is sent again.
  handleEvent() {
    this.#markSent(false);
    this.#showOrder(); // the browser may have filled in what was typed before
  }

  #quantities() {
    return this.querySelectorAll('input[type="number"]:enabled');
  }

  #addSteps(input) {
    const dish = input.closest(".dish");
    const steps = this.querySelector("#stepper").content.cloneNode(true);
    const name = dish.querySelector(".dish-name").textContent;
    for (const [kind, by] of [["less", -1], ["more", 1]]) {
      const button = steps.querySelector(`.${kind}`);
      button.setAttribute("aria-label", button.dataset.label.replace("{item}", name));
      button.addEventListener("click", () => this.#step(input, by));
    }
    const [less, more] = steps.children;
    input.before(less);
    input.after(more);
    dish.addEventListener("click", (event) => {
      if (event.target.closest(".quantity")) return;
      event.preventDefault(); // the name would bring up a phone's keyboard
      this.#step(input, 1); // a finger goes for the picture
    });
  }

  #step(input, by) {
    const quantity = Math.min(MOST, Math.max(0, count(input) + by));
    input.value = quantity || "";
    this.#showOrder();
    if (quantity === 0) input.parentElement.querySelector(".more").focus({ preventScroll: true }); // − has gone
  }

  #showOrder() {
    const chosen = [...this.#quantities()].filter((input) => count(input) > 0);
    for (const input of this.#quantities()) {
      const quantity = count(input);
      input.closest(".dish").classList.toggle("is-chosen", quantity > 0);
      input.parentElement.querySelector(".more").disabled = quantity >= MOST;
    }
    const cents = chosen.reduce((sum, input) => sum + count(input) * Number(input.dataset.cents), 0);
    this.querySelector(".total output").value = this.#money(cents);
    const lines = chosen.length
      ? chosen.map((input) => this.#line(input))
      : [this.querySelector("#nothing-chosen").content.cloneNode(true)];
    this.querySelector(".chosen").replaceChildren(...lines);
  }

  #line(input) {
    const line = this.querySelector("#chosen-dish").content.cloneNode(true);
    const dish = input.closest(".dish");
    line.querySelector("img").src = dish.querySelector("img").src;
    line.querySelector("b").textContent = `${count(input)} ×`;
    line.querySelector("span").textContent = dish.querySelector(".dish-name").textContent;
    return line;
  }

  #money(cents) {
    const { language, currency } = this.dataset;
    const style = { style: "currency", currency, numberingSystem: "latn" }; // as the page's prices
    return new Intl.NumberFormat(language, style).format(cents / 100);
  }

  #submitOnce(event) {
    if (this.#sent) {
      event.preventDefault();
      return;
    }
    this.#markSent(true);
  }

  #markSent(sent) {
    this.#sent = sent;
    const button = this.querySelector(".order-bar button");
    button.setAttribute("aria-disabled", String(sent));
    button.textContent = sent ? button.dataset.busy : button.dataset.ready;
  }
}

// What is typed, as a whole number; nonsense counts as none and is left to the server to refuse.
const count = (input) => Math.max(0, Math.trunc(Number(input.value) || 0));

customElements.define("order-form", OrderForm);
