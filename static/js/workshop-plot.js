// The plot: for each customer who ate, when, and how long it took. Two lines, named where they end.

import { svg } from "./workshop-svg.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT] = [400, 150, 44, 24, 74];
const NAMES = { one: "one counter", queue: "queue" };

let shown = "";

export function showPlot(play, state) {
  const points = { one: state.one.plot, queue: state.queue.plot };
  const text = JSON.stringify(points);
  if (text === shown) return;
  shown = text;
  play.querySelector("[data-plot]").replaceChildren(...drawing(points));
}

function drawing(points) {
  const all = [...points.one, ...points.queue];
  if (!all.length) return [svg("text", { x: WIDTH / 2, y: HEIGHT / 2, class: "empty" }, "Dots appear when customers have eaten.")];
  const first = Math.min(...all.map(([at]) => at));
  const last = Math.max(...all.map(([at]) => at), first + 10);
  const most = niceCeiling(Math.max(...all.map(([, seconds]) => seconds)));
  const x = (at) => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (seconds) => HEIGHT - BOTTOM - (seconds / most) * (HEIGHT - BOTTOM - 14);
  const marks = [0, most / 2, most].flatMap((seconds) => [
    svg("path", { class: "grid", d: `M${LEFT} ${y(seconds)}H${WIDTH - RIGHT}` }),
    svg("text", { class: "mark", x: LEFT - 6, y: y(seconds) + 5 }, `${seconds} s`),
  ]);
  const names = apart(["queue", "one"].filter((side) => points[side].length).map((side) => ({ side, y: y(points[side].at(-1)[1]) })));
  return [
    ...marks,
    svg("text", { class: "axis", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 5 }, `the last ${Math.round(last - first)} s`),
    ...names.flatMap(({ side, y: nameY }) => [
      svg("polyline", { class: `side-${side}`, points: points[side].map(([at, s]) => `${x(at)},${y(s)}`).join(" ") }),
      ...points[side].map(([at, s]) => svg("circle", { class: `side-${side}`, cx: x(at), cy: y(s), r: 2.5 })),
      svg("text", { class: `name side-${side}`, x: WIDTH - RIGHT + 5, y: nameY + 4 }, NAMES[side]),
    ]),
  ];
}

// Two names do not stand on each other.
function apart(names) {
  const [upper, lower] = [...names].sort((a, b) => a.y - b.y);
  if (lower && lower.y - upper.y < 16) {
    lower.y = Math.min(HEIGHT - BOTTOM, upper.y + 16);
    upper.y = lower.y - 16;
  }
  return names;
}

function niceCeiling(seconds) {
  return [1, 2, 4, 10, 20, 40, 60, 80, 100, 200, 400].find((most) => most >= seconds) ?? Math.ceil(seconds / 200) * 200;
}
