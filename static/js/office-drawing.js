// The three drawings of the office: lines over time, bars side by side, and ranks, as SVG of a given width.

import { lasted } from "./office-times.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 200;
const LINE = 16; // of text
const MARGIN = { top: 12, bottom: 24, start: 56 };
const MOST_RANKS = 8;
const FIGURES = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });

export function lines({ labels, columns }, width, unit) {
  const margin = { ...MARGIN, end: Math.min(width / 4, 110) };
  const svg = picture(width, HEIGHT);
  const y = heights(svg, columns, width, margin, unit);
  const x = (at) => margin.start + (at * (width - margin.start - margin.end)) / Math.max(1, labels.length - 1);
  const short = shorter(labels);
  const marks = [0, Math.floor((labels.length - 1) / 2), labels.length - 1];
  marks.forEach((at) => svg.append(words(short[at], x(at), HEIGHT - 6, "middle")));
  const ends = columns.map(({ title, values }, number) => {
    svg.append(element("path", { d: path(values, x, y), class: `line line-${number}` }));
    const last = values.findLastIndex((value) => value !== null);
    if (last < 0) return null;
    svg.append(element("circle", { cx: x(last), cy: y(values[last]), r: 3, class: `dot dot-${number}` }));
    return { title, number, y: y(values[last]) };
  });
  labelEnds(svg, ends.filter(Boolean), width - margin.end + 8);
  return svg;
}

export function bars({ labels, columns }, width, unit) {
  const margin = { ...MARGIN, end: 8, top: MARGIN.top + LINE };
  const svg = picture(width, HEIGHT);
  const y = heights(svg, columns, width, margin, unit);
  const step = (width - margin.start - margin.end) / labels.length;
  const thick = Math.max(1, (step * 0.8) / columns.length);
  columns.forEach(({ title, values }, number) => {
    svg.append(words(title, margin.start + number * 110, 12, "start", `label label-${number}`));
    values.forEach((value, at) => {
      if (!value) return;
      const place = { x: margin.start + at * step + number * thick, y: y(value), width: thick };
      svg.append(element("rect", { ...place, height: y(0) - y(value), class: `bar bar-${number}` }));
    });
  });
  labels.forEach((label, at) => {
    if (at % 6 === 0) svg.append(words(label, margin.start + at * step, HEIGHT - 6, "start"));
  });
  return svg;
}

// The longest bars, each with its name over it and its number beside it.
export function ranks({ labels, columns: [{ values }] }, width) {
  const count = Math.min(MOST_RANKS, labels.length);
  const row = 2 * LINE + 6;
  const svg = picture(width, count * row);
  const most = Math.max(...values);
  for (let at = 0; at < count; at += 1) {
    const long = Math.max(1, (values[at] / most) * (width - 60));
    svg.append(words(labels[at], 0, at * row + LINE - 3, "start"));
    svg.append(element("rect", { x: 0, y: at * row + LINE, width: long, height: LINE, class: "bar bar-0" }));
    svg.append(words(FIGURES.format(values[at]), long + 6, at * row + 2 * LINE - 3, "start", "label"));
  }
  return svg;
}

// The scale from nothing up to a round number, drawn with three marks; how high a value stands.
function heights(svg, columns, width, margin, unit) {
  const most = roundUp(Math.max(1, ...columns.flatMap(({ values }) => values).map((value) => value ?? 0)));
  const y = (value) => HEIGHT - margin.bottom - (value / most) * (HEIGHT - margin.top - margin.bottom);
  for (const value of most < 2 ? [0, most] : [0, most / 2, most]) {
    const [at, end] = [y(value), width - margin.end];
    svg.append(element("line", { x1: margin.start, x2: end, y1: at, y2: at, class: "grid" }));
    const text = unit === "ms" ? lasted(value) : FIGURES.format(value);
    svg.append(words(text, margin.start - 6, at + 5, "end"));
  }
  return y;
}

function roundUp(value) {
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 10].map((step) => step * ten).find((step) => step >= value);
}

// A line where there are numbers, and none where there are not.
function path(values, x, y) {
  let pen = "M";
  const steps = values.map((value, at) => {
    const step = value === null ? "" : `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value === null ? "M" : "L";
    return step;
  });
  return steps.join("") || "M0 0";
}

// No two labels over one another: each is at least a line below the one above it.
function labelEnds(svg, ends, x) {
  let free = LINE - 4;
  for (const { title, number, y } of ends.sort((one, other) => one.y - other.y)) {
    const at = Math.min(Math.max(free, y + 5), HEIGHT - 6);
    svg.append(words(title, x, at, "start", `label label-${number}`));
    free = at + LINE;
  }
}

// Of "2026-11-21 12:05" the time where all are of about a day, else the day.
function shorter(labels) {
  const days = new Set(labels.map((label) => label.slice(0, 10)));
  return labels.map((label) => (days.size > 2 ? label.slice(5, 10) : label.slice(11)));
}

function picture(width, height) {
  return element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
}

function words(text, x, y, anchor, kind = "axis") {
  const found = element("text", { x, y, "text-anchor": anchor, class: kind });
  found.textContent = text;
  return found;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
