// <office-orders>: the orders found by the search, as they are now, and one action for many of them.
//
// The rows are asked for again, at most once a second, when one of them has changed; on the first page also
// when any other has, since it may belong here.

import { startBulk } from "./office-bulk.js";
import { lasted, stamp } from "./office-times.js";

const PAUSE_MS = 1_000;

class OfficeOrders extends HTMLElement {
  #words = this.querySelector("[data-words]").content;
  #rows = this.querySelector("[data-rows]");
  #asking = false;
  #again = false;

  connectedCallback() {
    startBulk(this);
    for (const pick of this.#rows.querySelectorAll("[data-pick]")) pick.disabled = false;
    this.closest("office-page").addEventListener("orders-changed", ({ detail }) => this.#look(detail));
  }

  say(name) {
    return this.#words.querySelector(`[data-word="${name}"]`).textContent;
  }

  // Which orders an action is for: the ticked ones; without any all that the search finds.
  get chosen() {
    const picked = [...this.#rows.querySelectorAll(":checked")].map((pick) => pick.closest("tr").dataset.order);
    const filter = JSON.parse(this.dataset.filter);
    if (picked.length || !filter) return { ids: picked.length ? picked : this.#shown };
    return { filter };
  }

  get #shown() {
    return [...this.#rows.children].map((row) => row.dataset.order);
  }

  #look({ orders, many }) {
    const shown = new Set(this.#shown);
    if (many || this.hasAttribute("data-first") || orders.some((id) => shown.has(id))) this.refresh();
  }

  async refresh() {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    const answer = await fetch(this.dataset.ask).catch(() => null);
    if (answer?.ok) this.#show(await answer.json());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    this.#asking = false;
    if (this.#again) this.refresh();
  }

  // A page, or the one order that was asked for by its id.
  #show({ orders = null, next = null, ...order }) {
    const found = orders ?? [order];
    const known = new Map([...this.#rows.children].map((row) => [row.dataset.order, row]));
    const rows = found.map((each) => this.#fill(known.get(each.id) ?? this.#blank(), each));
    if (rows.some((row, at) => this.#rows.children[at] !== row)) this.#replace(rows);
    while (this.#rows.children.length > rows.length) this.#rows.lastElementChild.remove();
    this.querySelector("[data-none]").hidden = rows.length > 0;
    const older = this.querySelector("[data-next]");
    older.hidden = !next;
    if (next) {
      const target = new URL(location.href);
      target.searchParams.set("cursor", next);
      target.hash = "orders";
      older.href = target.href;
    }
  }

  // A row that is moved loses the focus, and gets it back.
  #replace(rows) {
    const focused = this.#rows.contains(document.activeElement) ? document.activeElement : null;
    this.#rows.replaceChildren(...rows);
    focused?.focus({ preventScroll: true });
  }

  #blank() {
    return this.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
  }

  #fill(row, order) {
    row.dataset.order = order.id;
    row.dataset.status = order.status;
    const pick = row.querySelector("[data-pick]");
    pick.disabled = false;
    for (const each of row.querySelectorAll("[data-reference]")) put(each, order.reference);
    const query = location.search.includes("lang=") ? `?lang=${document.documentElement.lang}` : "";
    row.querySelector("[data-link-order]").href = `/office/orders/${order.id}${query}`;
    put(row.querySelector("[data-state]"), this.#of("state", order.status));
    const items = order.items.map(({ sku, quantity }) => `${quantity} × ${this.#of("sku", sku)}`);
    put(row.querySelector("[data-items]"), items.join(", "));
    const zone = document.querySelector("[data-zone]")?.dataset.zone;
    put(row.querySelector("[data-placed]"), stamp(order.placed_ms, zone));
    put(row.querySelector("[data-took]"), lasted(order.ready_ms && order.ready_ms - order.placed_ms));
    put(row.querySelector("[data-name]"), order.name ?? "");
    return row;
  }

  #of(kind, name) {
    return this.#words.querySelector(`[data-${kind}="${CSS.escape(name)}"]`)?.textContent ?? name;
  }
}

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

customElements.define("office-orders", OfficeOrders);
