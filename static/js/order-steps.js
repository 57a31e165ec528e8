// + and − beside a number field, and the whole dish as one large +. The field says "input" as if typed into.

import { count, dishOf, nameOf } from "./order-lines.js";

const MOST = 99;

export function addSteps(input, template) {
  const dish = dishOf(input);
  const steps = template.content.cloneNode(true);
  for (const [kind, by] of [["less", -1], ["more", 1]]) {
    const button = steps.querySelector(`.${kind}`);
    button.setAttribute("aria-label", button.dataset.label.replace("{item}", nameOf(dish)));
    button.addEventListener("click", () => step(input, by));
  }
  const [less, more] = steps.children;
  input.before(less);
  input.after(more);
  dish.addEventListener("click", (event) => {
    if (event.target.closest(".quantity")) return;
    event.preventDefault(); // the name would bring up a phone's keyboard
    if (!input.disabled) step(input, 1); // a finger goes for the picture
  });
}

export function showSteps(input) {
  dishOf(input).classList.toggle("is-chosen", count(input) > 0 && !input.disabled);
  input.parentElement.querySelector(".more").disabled = count(input) >= MOST;
}

function step(input, by) {
  const quantity = Math.min(MOST, Math.max(0, count(input) + by));
  input.value = quantity || "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  if (quantity === 0) input.parentElement.querySelector(".more").focus({ preventScroll: true }); // − has gone
}
