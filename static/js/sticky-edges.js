// Tells the style sheet how high the parts are that stick to the edges, so that scrolling stops before them.

const EDGES = { "--sticky-top": ".categories", "--sticky-bottom": ".order-bar" };

const watch = new ResizeObserver(() => {
  for (const [name, part] of Object.entries(EDGES)) {
    const { height } = document.querySelector(part).getBoundingClientRect();
    document.documentElement.style.setProperty(name, `${Math.ceil(height)}px`);
  }
});

for (const part of Object.values(EDGES)) watch.observe(document.querySelector(part));

// What is half in view in a row that scrolls sideways counts as seen for the browser, and would stay so.
for (const row of document.querySelectorAll(".categories, .chosen")) {
  row.addEventListener("focusin", ({ target }) => {
    const [at, edges] = [target, row].map((element) => element.getBoundingClientRect());
    row.scrollLeft += Math.max(0, at.right - edges.right) - Math.max(0, edges.left - at.left);
  });
}
