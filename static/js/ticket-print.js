// The print button, and a page as long as the ticket: paper from a roll has no end of its own, and CSS
// has no word for "80 mm wide, as long as needed" (CSS Paged Media 3, 7.1: `size`).

const WIDTH_MM = 80;
const MARGINS_MM = { block: 3, inline: 4 }; // as in ticket-print.css
const MM = 96 / 25.4;

export function offerPrint(button, signal) {
  button.hidden = false;
  button.addEventListener("click", () => window.print(), { signal });
  window.addEventListener("beforeprint", fitPage, { signal });
}

function fitPage() {
  const link = document.querySelector("link[media='print']");
  const heightMm = Math.ceil(printedHeight(link) / MM) + 2 * MARGINS_MM.block + 1;
  const page = [...link.sheet.cssRules].find((rule) => rule instanceof CSSPageRule);
  page.style.size = `${WIDTH_MM}mm ${heightMm}mm`;
}

// Laid out for paper for a moment; nothing of it is painted.
function printedHeight(link) {
  const { style } = document.documentElement;
  style.inlineSize = `${WIDTH_MM - 2 * MARGINS_MM.inline}mm`;
  link.media = "all";
  const { height } = document.querySelector("main").getBoundingClientRect();
  link.media = "print";
  style.inlineSize = "";
  return height;
}
