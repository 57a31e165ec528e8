// <order-form>: + and − beside each number field, the order and its total, sent once.
//
// The form inside works without it. What may be ordered and what it costs, the server decides again.

import { beginHere } from "./kiosk-home.js";
import { cart } from "./order-cart.js";
import { chosen, count, dishOf, line, markSoldOut, markSpecial, nameOf, total } from "./order-lines.js";
import { send } from "./order-send.js";
import { addSteps, showSteps } from "./order-steps.js";

class OrderForm extends HTMLElement {
  #form = null;
  #sent = false;

  connectedCallback() {
    beginHere();
    this.#form = this.querySelector("form");
    for (const input of this.#quantities) addSteps(input, this.querySelector("#stepper"));
    this.#form.addEventListener("input", (event) => this.#change(event.target));
    this.#form.addEventListener("submit", (event) => this.#submitOnce(event));
    window.addEventListener("pageshow", this);
    this.querySelector(".total").hidden = false;
    if (chosen(this.#quantities).length === 0) cart.restore(this.#form);
    this.#showOrder();
  }

  disconnectedCallback() {
    window.removeEventListener("pageshow", this);
  }

  // Back by the browser's memory, from the ticket: what was chosen is still there. The form keeps its
  // key, so the server knows the same order when it is sent again.
  handleEvent() {
    this.#markSent(false);
    this.#showOrder(); // the browser may have filled in what was typed before
  }

  get busy() {
    return this.#sent;
  }

  // Whether anything is here that somebody chose or typed.
  get touched() {
    const { name, service } = this.#form.elements;
    return chosen(this.#quantities).length > 0 || name.value !== "" || service.value !== "eat-in";
  }

  // For the next customer: nothing of this one stays, and the next order is another one.
  clear() {
    for (const input of this.#quantities) input.value = "";
    const { name, service, idempotency_key: key } = this.#form.elements;
    name.value = "";
    service.value = "eat-in";
    key.value = crypto.getRandomValues(new Uint8Array(16)).join(".");
    this.#showProblem(null);
    this.#showOrder();
    cart.forget();
  }

  // Something chosen that sells out stays in sight, marked, and is not ordered.
  showSoldOut(skus) {
    for (const input of chosen(markSoldOut(this.#quantities, skus))) {
      if (input.hasAttribute("aria-invalid")) continue; // the server has said so itself
      this.#tell(input.disabled ? "#just-sold-out" : "#here-again", dishOf(input));
    }
    this.#showOrder();
  }

  showSpecial(sku) {
    markSpecial(this.#quantities, sku);
  }

  get #quantities() {
    return [...this.querySelectorAll('input[type="number"]')];
  }

  #change(field) {
    cart.keep(this.#form);
    this.#showOrder();
    if (field.type === "number") this.#say(field);
  }

  #showOrder() {
    for (const input of this.#quantities) showSteps(input);
    const lines = chosen(this.#quantities).map((input) => line(this.querySelector("#chosen-dish"), input));
    const nothing = this.querySelector("#nothing-chosen").content;
    this.querySelector(".chosen").replaceChildren(...(lines.length ? lines : [nothing.cloneNode(true)]));
    this.querySelector(".total output").value = total(this.#quantities, this.dataset);
  }

  // For those who hear the page: what the last touch has changed.
  #say(input) {
    const said = this.querySelector("[data-said]");
    const sum = total(this.#quantities, this.dataset);
    const values = { n: count(input), item: nameOf(dishOf(input)), total: sum };
    said.textContent = said.dataset.text.replace(/{(\w+)}/g, (_, name) => values[name]);
  }

  async #submitOnce(event) {
    event.preventDefault();
    if (this.#sent) return;
    this.#markSent(true);
    this.#showProblem(null);
    const answer = await send(this.#form);
    if (answer?.ticket) {
      cart.forget();
      location.assign(answer.ticket);
    } else {
      this.#markSent(false);
      this.#showAnswer(answer?.page ?? null);
    }
  }

  // The form as the server sent it back: its key, what it says of each dish, and its sentence.
  #showAnswer(page) {
    const problem = page?.querySelector(".notice.problem");
    problem?.removeAttribute("data-as-loaded"); // it is of now
    const lost = this.querySelector("#not-sent").content.cloneNode(true);
    this.#showProblem(problem ? document.adoptNode(problem) : lost);
    if (problem) this.#takeOver(page);
  }

  #takeOver(page) {
    this.#form.elements.idempotency_key.value = page.querySelector("[name=idempotency_key]").value;
    for (const input of this.#quantities) {
      const wrong = page.getElementById(dishOf(input).id)?.classList.contains("wrong") ?? false;
      dishOf(input).classList.toggle("wrong", wrong);
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    this.showSoldOut(new Set([...page.querySelectorAll(".dish.sold-out")].map(({ id }) => id)));
    cart.keep(this.#form);
  }

  #showProblem(notice) {
    this.querySelector("[data-problem]").replaceChildren(...(notice ? [notice] : []));
  }

  // One notice for each dish, and never an old one beside a new one.
  #tell(template, dish) {
    const notice = this.querySelector(template).content.cloneNode(true);
    const words = notice.querySelector("span");
    words.textContent = words.textContent.replace("{item}", nameOf(dish));
    const told = this.querySelector("[data-problem]");
    told.querySelector(`[data-of="${dish.id}"]`)?.remove();
    notice.firstElementChild.dataset.of = dish.id;
    told.append(notice);
  }

  #markSent(sent) {
    this.#sent = sent;
    const button = this.querySelector(".order-bar .primary");
    button.setAttribute("aria-disabled", String(sent));
    button.textContent = sent ? button.dataset.busy : button.dataset.ready;
  }
}

customElements.define("order-form", OrderForm);
