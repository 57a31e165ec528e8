// Numbers in LED digits and times in dots, drawn with the shapes that the page carries.
//
// The shapes and their measures come from web/led.py by way of the page: see templates/_led.html.

const SVG = "http://www.w3.org/2000/svg";

export const ledNumber = (reference) => figure(reference, "digit", "8");
export const ledTime = (time) => figure(time.replace(":", "colon"), "dot");

function figure(text, kind, unlit = null) {
  const { advance, first, height } = document.getElementById(`led-${kind}s`).dataset;
  const glyphs = text.match(/colon|./g);
  const width = (glyphs.length - 1) * advance + Number(first);
  const svg = element("svg", {
    class: kind === "digit" ? "led-number" : "led-words",
    viewBox: `0 0 ${width} ${height}`,
    "aria-hidden": "true",
    focusable: "false",
  });
  if (kind === "digit") svg.dataset.digits = glyphs.length;
  glyphs.forEach((glyph, place) => {
    const x = place * advance;
    if (unlit) svg.append(element("use", { href: `#led-${kind}-${unlit}`, x, class: "led-unlit" }));
    svg.append(element("use", { href: `#led-${kind}-${glyph}`, x, class: unlit ? "led-lit" : "led-dots" }));
  });
  return svg;
}

function element(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
