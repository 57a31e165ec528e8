// <office-copies>: the parts of the office that the server alone writes (menu, schedule, web hooks), asked for
// again now and then, and put in their place where they have changed.

import { RefreshedPart } from "./refreshed-part.js";

class OfficeCopies extends RefreshedPart {
  everyMs = 3_000;
  options = { headers: { Accept: "text/html" }, redirect: "error" };

  take(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of this.querySelectorAll(":scope > section")) {
      const now = fresh.getElementById(part.id);
      if (now && now.textContent + marks(now) !== part.textContent + marks(part)) replace(part, now);
    }
  }
}

// What is said without words: which buttons are pressed, and what they would do.
function marks(part) {
  return [...part.querySelectorAll("button")].map((button) => `${button.ariaPressed}${button.value}`).join();
}

// The contents alone: who has scrolled to the part, or linked to it, keeps it; and a focus inside is kept.
function replace(part, now) {
  const { activeElement } = document;
  const form = part.contains(activeElement) ? activeElement.closest("form")?.getAttribute("action") : null;
  part.replaceChildren(...now.children);
  if (!form) return;
  const named = activeElement.name ? `[name="${activeElement.name}"]` : "";
  part.querySelector(`form[action="${CSS.escape(form)}"] button${named}`)?.focus({ preventScroll: true });
}

customElements.define("office-copies", OfficeCopies);
