// The X-ray's ledger: one row a step, in the order in which they happened.

let shown = "";

export function showLedger(play, xray) {
  const state = play.querySelector("[data-xray-state]");
  const text =
    xray.customer !== null && xray.steps.length
      ? `Customer ${xray.customer}, ${xray.steps.length} steps${xray.looking ? " so far" : ""}.`
      : xray.looking
        ? "Waiting for the next customer."
        : null;
  if (text && state.textContent !== text) state.textContent = text;
  const mark = JSON.stringify(xray.steps);
  if (mark === shown) return;
  shown = mark;
  play.querySelector("[data-ledger]").replaceChildren(...xray.steps.map(row));
}

function row({ ms, who, what, source }) {
  const line = document.createElement("tr");
  line.dataset.who = who;
  for (const text of [ms.toFixed(1), who, what, source]) {
    const cell = document.createElement("td");
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}
