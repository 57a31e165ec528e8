// The keyboard, or a bump bar, which is a keyboard with few keys: digits choose a card, Enter moves it on.
//
// To choose is to focus the card's own button, so that Enter, and what a screen reader says, need no code.

const TYPING_MS = 1_200; // digits that follow one another sooner are one number
const TYPED_INTO = "input, textarea, select, dialog";

// choose(text) focuses a card's button, and says whether there is such a card.
export function listenForKeys({ choose, putFirst }) {
  let typed = "";
  let typing = 0;

  const type = (digit) => {
    clearTimeout(typing);
    typing = setTimeout(() => (typed = ""), TYPING_MS);
    typed += digit;
    if (!choose(typed)) document.activeElement?.blur(); // Enter must not move what was not meant
  };

  const leave = () => {
    const { activeElement } = document;
    if (activeElement?.matches("[data-cancel]")) activeElement.click();
    else activeElement?.blur();
  };

  const listen = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(TYPED_INTO)) return;
    if (/^\d$/.test(event.key)) {
      type(event.key);
      return;
    }
    typed = ""; // any other key ends a number
    if (event.key.toLowerCase() === "p") putFirst();
    else if (event.key === "Escape") leave();
    else if (event.key === "Enter" && event.repeat) event.preventDefault(); // a key held down is one press
  };

  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
