// What the order is: the number fields that say more than nothing, as lines and as a sum.

// What is typed, as a whole number; nonsense counts as none and is left to the server to refuse.
export const count = (input) => Math.max(0, Math.trunc(Number(input.value) || 0));

export const dishOf = (input) => input.closest(".dish");

export const nameOf = (dish) => dish.querySelector(".dish-name").textContent;

export const chosen = (inputs) => inputs.filter((input) => count(input) > 0);

// What is sold out costs nothing, since it is not ordered.
export function total(inputs, { language, currency }) {
  const ordered = chosen(inputs).filter((input) => !input.disabled);
  const cents = ordered.reduce((sum, input) => sum + count(input) * Number(input.dataset.cents), 0);
  const style = { style: "currency", currency, numberingSystem: "latn" }; // as the page's prices
  return new Intl.NumberFormat(language, style).format(cents / 100);
}

export function line(template, input) {
  const line = template.content.cloneNode(true);
  const dish = dishOf(input);
  line.querySelector("a").href = `#${dish.id}`;
  line.querySelector("img").src = dish.querySelector("img").src;
  line.querySelector("b").textContent = `${count(input)} ×`;
  line.querySelector("span").textContent = nameOf(dish);
  line.querySelector("em").hidden = !input.disabled;
  return line;
}

// Marks the dishes that are sold out and those that are there again; returns the fields that changed.
export function markSoldOut(inputs, skus) {
  const changed = inputs.filter((input) => skus.has(dishOf(input).id) !== input.disabled);
  for (const input of changed) {
    const dish = dishOf(input);
    input.disabled = !input.disabled;
    dish.classList.toggle("sold-out", input.disabled);
    dish.querySelector(".quantity").hidden = input.disabled;
    dish.querySelector(".sold-out-mark").hidden = !input.disabled;
  }
  return changed;
}

export function markSpecial(inputs, sku) {
  for (const dish of inputs.map(dishOf)) dish.querySelector(".special-mark").hidden = dish.id !== sku;
}
