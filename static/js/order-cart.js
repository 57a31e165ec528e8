// What was chosen and typed, kept through a reload and a change of language, until it is ordered.
//
// The form's key is kept with it: an order whose answer got lost is known again when it is sent again.

import { memory } from "./kiosk-memory.js";

const FIELDS = 'input[type="number"], input[name="name"]';

export const cart = {
  keep(form) {
    const typed = [...form.querySelectorAll(FIELDS)].map(({ name, value }) => [name, value]);
    const { idempotency_key: key, service } = form.elements;
    memory.keep("cart", { typed: Object.fromEntries(typed), service: service.value, key: key.value });
  },

  restore(form) {
    const kept = memory.recall("cart");
    if (kept === null) return;
    for (const field of form.querySelectorAll(FIELDS)) field.value = kept.typed[field.name] ?? "";
    form.elements.service.value = kept.service;
    form.elements.idempotency_key.value = kept.key;
  },

  forget() {
    memory.forget("cart");
  },
};
