// Who is on the roster and what each is doing, and the orders that wait for another attempt.
//
// An entry stays the same element as long as its cook is there, so that nobody's focus is lost.

import { clock, lasted, stamp } from "./office-times.js";

export class CrewList {
  #page;
  #list;
  #entries = new Map(); // name → element

  constructor(page) {
    this.#page = page;
    this.#list = page.querySelector("[data-crew]");
    for (const entry of this.#list.children) this.#entries.set(entry.dataset.cook, entry);
  }

  show(crew) {
    this.#page.querySelector("[data-no-crew]").hidden = crew.length > 0;
    const shown = crew.map((cook) => this.#fill(this.#entries.get(cook.name) ?? blank(this.#page, "#cook"), cook));
    this.#entries = new Map(shown.map((entry) => [entry.dataset.cook, entry]));
    for (const entry of [...this.#list.children]) if (!shown.includes(entry)) entry.remove();
    shown.forEach((entry, at) => {
      if (this.#list.children[at] !== entry) this.#list.insertBefore(entry, this.#list.children[at] ?? null);
    });
  }

  showAges(nowMs) {
    for (const since of this.#list.querySelectorAll("[data-since]")) {
      const words = lasted(nowMs - Number(since.dataset.since));
      if (since.textContent !== words) since.textContent = words;
    }
  }

  #fill(entry, cook) {
    entry.dataset.cook = cook.name;
    entry.toggleAttribute("data-lost", Boolean(cook.lost));
    entry.querySelector("[data-name]").textContent = cook.name;
    entry.querySelector("[data-off]").hidden = cook.on_duty || cook.kind === "people";
    fact(entry, "heard", cook.silent_ms === undefined ? null : lasted(cook.silent_ms));
    fact(entry, "busy", cook.cooks ? `${cook.in_hand} / ${cook.cooks}` : String(cook.in_hand));
    entry.querySelector('[data-fact="own"]').hidden = cook.follows !== false;
    fact(entry, "screens", cook.screens || null);
    fact(entry, "host", cook.host ?? null);
    fact(entry, "since", cook.since_ms ? stamp(cook.since_ms, zone(this.#page)) : null);
    fact(entry, "version", cook.version ?? null);
    const trouble = [...(cook.broken_recipes ?? []), cook.standstill ?? ""].filter(Boolean).join(" ");
    const line = entry.querySelector("[data-trouble]");
    line.textContent = trouble;
    line.hidden = !trouble;
    this.#fillOrders(entry.querySelector("[data-orders]"), cook.orders);
    return entry;
  }

  #fillOrders(list, orders) {
    const known = orders.map(({ id }) => id).join(" ");
    if (list.dataset.known === known) return;
    list.dataset.known = known;
    list.replaceChildren(
      ...orders.map((order) => {
        const item = blank(this.#page, "#cook").querySelector("[data-orders] > li");
        fillLink(item, order);
        item.querySelector("[data-since]").dataset.since = order.since_ms;
        return item;
      }),
    );
  }
}

export class RetryList {
  #page;

  constructor(page) {
    this.#page = page;
  }

  show(orders) {
    const known = JSON.stringify(orders);
    const list = this.#page.querySelector("[data-retrying]");
    this.#page.querySelector("[data-retrying-part]").hidden = orders.length === 0;
    if (list.dataset.known === known) return;
    list.dataset.known = known;
    list.replaceChildren(
      ...orders.map((order) => {
        const item = blank(this.#page, "#retry");
        fillLink(item, order);
        item.querySelector("[data-due]").textContent = clock(order.due_ms, zone(this.#page));
        return item;
      }),
    );
  }
}

function blank(page, template) {
  return page.querySelector(template).content.firstElementChild.cloneNode(true);
}

// What the zone of the business day is stands at the charts; without them it is the browser's own.
function zone(page) {
  return page.querySelector("[data-zone]")?.dataset.zone;
}

function fillLink(item, { id, reference }) {
  const link = item.querySelector("[data-link-order]");
  link.href = `/office/orders/${id}${location.search.includes("lang=") ? `?lang=${document.documentElement.lang}` : ""}`;
  link.querySelector("[data-reference]").textContent = reference;
}

function fact(entry, name, value) {
  const element = entry.querySelector(`[data-fact="${name}"]`);
  element.hidden = value === null;
  const figure = element.querySelector("b");
  if (figure.textContent !== String(value)) figure.textContent = value ?? "";
}
