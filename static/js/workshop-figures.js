// The figures under the two restaurants, as the customers have measured them.

export function showFigures(play, state) {
  for (const side of ["one", "queue"]) {
    const told = state[side];
    const list = play.querySelector(`[data-figures="${side}"]`);
    const set = (name, text) => put(list.querySelector(`[data-figure="${name}"]`), text);
    set("in_line", told.in_line);
    set("gave_up", told.gave_up);
    for (const name of ["cashier_s", "number_s", "eat_s"]) {
      if (side === "one" && name === "number_s") continue; // there is none: the answer is the meal
      const figure = told[name];
      set(name, figure ? seconds(figure.median) : "–");
      put(list.querySelector(`[data-worst="${name}"]`), figure ? `worst ${seconds(figure.worst)}` : "");
    }
    put(
      list.querySelector("[data-others]"),
      `${told.ate} ate, ${told.failed} failed, ${told.lost} lost`,
    );
  }
}

function seconds(number) {
  return number < 0.095 ? `${Math.max(1, Math.round(number * 1_000))} ms` : `${number.toFixed(1)} s`;
}

function put(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}
