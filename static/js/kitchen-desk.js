// <order-desk>: the cashier keys in an order for a customer without a kiosk, and reads out the number.
//
// A form has one Idempotency-Key until it has its number. So however often Order is tapped, and whatever
// becomes of the answers on their way, there is one order.

import { dialogOf } from "./kitchen-dialog.js";

const MOST = 99;
const PATIENCE_MS = 10_000;

class OrderDesk extends HTMLElement {
  #lines = new Map(); // sku → { quantity, element }
  #key = freshKey();
  #sending = false;

  connectedCallback() {
    dialogOf(this);
    this.addEventListener("click", (event) => {
      const dish = event.target.closest("[data-add]");
      if (dish) this.#change(dish.dataset.add, 1);
    });
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#order();
    });
    this.querySelector("[data-another]").addEventListener("click", () => this.#begin());
    this.#showTotal();
  }

  #begin() {
    this.#lines.clear();
    this.querySelector(".desk-lines").replaceChildren();
    this.querySelector("form").reset();
    this.#key = freshKey();
    this.#say("");
    this.#showDone(false);
    this.#showTotal();
    this.querySelector("[data-add]:enabled")?.focus();
  }

  #change(sku, by) {
    if (!this.#lines.has(sku)) this.#lines.set(sku, { quantity: 0, element: this.#line(sku) });
    const line = this.#lines.get(sku);
    line.quantity = Math.min(MOST, line.quantity + by);
    line.element.querySelector("[data-quantity]").textContent = line.quantity;
    if (line.quantity < 1) {
      line.element.remove();
      this.#lines.delete(sku);
    }
    this.#showTotal();
  }

  #line(sku) {
    const element = this.querySelector("template[data-line]").content.firstElementChild.cloneNode(true);
    const name = this.#dish(sku).querySelector("span").textContent;
    element.querySelector("[data-name]").textContent = name;
    for (const part of element.querySelectorAll("[aria-label]")) {
      part.ariaLabel = part.ariaLabel.replace("{item}", name);
    }
    element.querySelector("[data-less]").addEventListener("click", () => this.#change(sku, -1));
    element.querySelector("[data-more]").addEventListener("click", () => this.#change(sku, 1));
    this.querySelector(".desk-lines").append(element);
    return element;
  }

  #dish(sku) {
    return this.querySelector(`[data-add="${sku}"]`);
  }

  async #order() {
    if (this.#sending || !this.#lines.size) return;
    this.#markSending(true);
    const answer = await this.#send();
    const body = await answer?.json().catch(() => null);
    this.#markSending(false);
    if (answer?.status === 201 && body) {
      this.#finish(body);
      return;
    }
    const unknown = this.querySelector("template[data-unknown]").content.textContent;
    this.#say(body?.detail ?? unknown);
    if (body?.type?.endsWith(":idempotency-key-reused")) this.#key = freshKey();
  }

  #send() {
    const form = new FormData(this.querySelector("form"));
    const items = [...this.#lines].map(([sku, { quantity, element }]) => {
      const note = element.querySelector("[data-note]").value.trim();
      return { sku, quantity, ...(note && { note }) };
    });
    const name = form.get("name").trim();
    return fetch("/api/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": this.#key },
      body: JSON.stringify({ items, service: form.get("service"), ...(name && { name }) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
  }

  #finish({ id, reference }) {
    this.querySelector("[data-number]").textContent = reference;
    this.querySelector("[data-ticket]").href = `/orders/${id}?lang=${document.documentElement.lang}`;
    this.#showDone(true);
    this.querySelector("[data-another]").focus();
  }

  #showDone(done) {
    this.querySelector("form").hidden = done;
    this.querySelector("[data-done]").hidden = !done;
  }

  #markSending(sending) {
    this.#sending = sending;
    this.querySelector("[data-order]").setAttribute("aria-disabled", String(sending));
  }

  #say(problem) {
    const notice = this.querySelector("[data-problem]");
    notice.textContent = problem;
    notice.hidden = !problem;
  }

  #showTotal() {
    const cents = [...this.#lines].reduce(
      (sum, [sku, { quantity }]) => sum + quantity * Number(this.#dish(sku).dataset.cents), 0);
    const { language, currency } = this.dataset;
    const style = { style: "currency", currency, numberingSystem: "latn" };
    this.querySelector("output").value = new Intl.NumberFormat(language, style).format(cents / 100);
    this.querySelector("[data-nothing]").hidden = this.#lines.size > 0;
    this.querySelector("[data-order]").disabled = this.#lines.size === 0;
  }
}

// crypto.randomUUID is not there by http on a local network.
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

customElements.define("order-desk", OrderDesk);
