// <kiosk-comfort>: larger letters, and everything to touch within reach from a wheelchair.
//
// Kept for this customer, through language and ticket, until the kiosk begins anew. How the page looks
// then is in kiosk-mode.css.

import { isKiosk } from "./kiosk-home.js";
import { memory } from "./kiosk-memory.js";

const LARGEST = 2;

export function applyComfort() {
  const { scale = 0, low = false } = memory.recall("comfort") ?? {};
  const page = document.documentElement;
  page.toggleAttribute("data-kiosk", isKiosk());
  page.dataset.scale = String(isKiosk() ? scale : 0);
  page.dataset.reach = isKiosk() && low ? "low" : "all";
  return { scale, low };
}

class KioskComfort extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => this.#press(target.closest("button")));
    this.apply();
  }

  apply() {
    const { scale, low } = applyComfort();
    this.hidden = !isKiosk();
    this.querySelector("[data-smaller]").disabled = scale === 0;
    this.querySelector("[data-larger]").disabled = scale === LARGEST;
    this.querySelector("[data-low]").setAttribute("aria-pressed", String(low));
  }

  #press(button) {
    if (!button) return;
    const { scale = 0, low = false } = memory.recall("comfort") ?? {};
    const { smaller, larger } = button.dataset;
    const step = larger === "" ? 1 : smaller === "" ? -1 : 0;
    const next = { scale: scale + step, low: step ? low : !low };
    if (next.scale || next.low) memory.keep("comfort", next);
    else memory.forget("comfort");
    this.apply();
    if (button.disabled) this.querySelector("button:enabled").focus();
  }
}

customElements.define("kiosk-comfort", KioskComfort);
