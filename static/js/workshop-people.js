// The customers of both restaurants, the cooks, the slips and the display, drawn where they are.
//
// A customer is the same bean in the same colour on both sides. The style sheet moves the beans; with
// reduced motion they are simply where they are.

import { svg } from "./workshop-svg.js";

const COLOURS = 6;
const LINE_COLUMNS = 11;
const LINE_ROWS_Y = [122, 178, 66, 222];
const SEAT_COLUMNS = 12;
const DOOR = [660, 225];
const SLIPS_AT_MOST = 12;

export function showPeople(play, state) {
  for (const side of ["one", "queue"]) people(play, side, state[side].people);
  cooks(play, state);
  display(play, state.queue.people);
  const serving = state.one.people.some((person) => person.place === "pot");
  play.querySelector('[data-pot="one"]').toggleAttribute("hidden", !serving);
}

function people(play, side, persons) {
  const group = play.querySelector(`[data-people="${side}"]`);
  const known = new Map([...group.children].map((bean) => [bean.dataset.n, bean]));
  let inLine = 0;
  const seats = seating(group, persons);
  for (const person of persons) {
    const bean = known.get(String(person.n)) ?? group.appendChild(newBean(person));
    known.delete(String(person.n));
    bean.dataset.place = person.place;
    bean.lastChild.textContent = (side === "queue" && person.reference) || "";
    const place = person.place === "line" ? inLine++ : seats.get(person.n);
    moveTo(bean, side === "one" ? atOne(person, place) : atQueue(person, place));
  }
  for (const gone of known.values()) gone.remove();
}

// Who sits keeps the seat.
function seating(group, persons) {
  const sitting = persons.filter(({ place }) => place === "seat" || place === "pot" || place === "ready");
  const kept = new Map();
  for (const bean of group.children) kept.set(Number(bean.dataset.n), Number(bean.dataset.seat ?? -1));
  const taken = new Set(sitting.map(({ n }) => kept.get(n) ?? -1));
  const seats = new Map();
  for (const { n } of sitting) {
    let seat = kept.get(n) ?? -1;
    if (seat < 0) for (seat = 0; taken.has(seat); seat += 1);
    taken.add(seat);
    seats.set(n, seat);
    const bean = group.querySelector(`[data-n="${n}"]`);
    if (bean) bean.dataset.seat = seat;
  }
  return seats;
}

function newBean({ n, sku }) {
  const bean = svg("g", { class: `bean colour-${n % COLOURS}` });
  bean.dataset.n = n;
  bean.append(
    svg("use", { href: "#bean" }),
    svg("image", { href: `/static/pictures/${picture(sku)}.svg`, width: 18, height: 18, x: -8, y: -8 }),
    svg("text", { y: -19 }),
  );
  moveTo(bean, DOOR);
  bean.getBoundingClientRect(); // so that it walks in from the door
  return bean;
}

function picture(sku) {
  return sku === "fries-small" ? "fries" : sku;
}

function atOne({ place }, index) {
  if (place === "pot") return [186, LINE_ROWS_Y[0]];
  if (place !== "line") return DOOR;
  const row = Math.min(Math.floor(index / LINE_COLUMNS), LINE_ROWS_Y.length - 1);
  const column = index % LINE_COLUMNS;
  return [228 + (row % 2 ? LINE_COLUMNS - 1 - column : column) * 37, LINE_ROWS_Y[row]];
}

function atQueue({ place }, index) {
  if (place === "line") return [236 + index * 34, 230];
  if (place === "seat" || place === "pot" || place === "ready") {
    return [258 + (index % SEAT_COLUMNS) * 32, 106 + Math.floor(index / SEAT_COLUMNS) * 44];
  }
  return DOOR;
}

function moveTo(bean, [x, y]) {
  bean.style.transform = `translate(${x}px, ${y}px)`;
}

function cooks(play, { cooks: crew, queue }) {
  const group = play.querySelector("[data-cooks]");
  const pots = queue.people.filter(({ place }) => place === "pot");
  const marks = crew.map(({ cook, pid, leaving }) => `${cook} ${pid} ${leaving}`).join() + pots.map(({ reference }) => reference).join();
  if (group.dataset.marks !== marks) {
    group.dataset.marks = marks;
    group.replaceChildren(
      ...crew.map(({ cook, pid, leaving }, index) =>
        svg(
          "g",
          { class: leaving ? "crew-bean leaving" : "crew-bean", transform: `translate(46 ${38 + index * 56})` },
          svg("use", { href: "#bean" }),
          words(leaving ? `cook ${cook} leaves` : `cook ${cook}`, leaving ? `worker ${cook} stops` : `worker ${cook}`, pid ? `pid ${pid}` : "starts"),
        ),
      ),
      ...pots.map(({ reference }, index) =>
        svg("g", { class: "pot", transform: `translate(116 ${40 + index * 56})` }, svg("circle", { r: 19 }), svg("text", { y: 5 }, reference)),
      ),
    );
  }
  slips(play, queue.people);
}

function words(counter, abstract, real) {
  const texts = Object.entries({ counter, abstract, real });
  return svg("g", {}, ...texts.map(([name, text]) => svg("text", { y: 31, class: `in-${name}` }, text)));
}

function slips(play, persons) {
  const group = play.querySelector("[data-slips]");
  const waiting = persons.filter(({ place }) => place === "seat").length;
  if (group.childElementCount === Math.min(waiting, SLIPS_AT_MOST)) return;
  group.replaceChildren(
    ...Array.from({ length: Math.min(waiting, SLIPS_AT_MOST) }, (_, index) =>
      svg("rect", { x: 163, y: 148 - index * 11, width: 18, height: 8, rx: 1 }),
    ),
  );
}

function display(play, persons) {
  const shown = (places) =>
    persons.filter(({ place, reference }) => reference && places.includes(place)).map(({ reference }) => reference);
  put(play, "[data-preparing]", few(shown(["seat", "pot"])));
  put(play, "[data-ready]", shown(["ready", "ate"]).slice(-3).join(" "));
}

function few(numbers) {
  return numbers.length > 4 ? `${numbers.slice(0, 3).join(" ")} +${numbers.length - 3}` : numbers.join(" ");
}

function put(play, selector, text) {
  const element = play.querySelector(selector);
  if (element.textContent !== text) element.textContent = text;
}
