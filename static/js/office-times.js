// Times and durations as web/office_times.py writes them: the same words, made by the browser.

const LANGUAGE = document.documentElement.lang;
const FIGURES = { numberingSystem: "latn" }; // as in the numbers of the orders, in every language
const SECONDS_FROM_MS = 950;
const MINUTES_FROM_S = 90;
const HOURS_FROM_S = 5_400;

// "3.4 min"; a dash for a duration that is not known.
export function lasted(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < SECONDS_FROM_MS) return inUnit(Math.max(0, Math.round(ms)), "millisecond");
  const seconds = ms / 1_000;
  if (seconds < MINUTES_FROM_S) return inUnit(seconds, "second");
  if (seconds < HOURS_FROM_S) return inUnit(seconds / 60, "minute");
  return inUnit(seconds / 3_600, "hour");
}

// The day and the time of day, to the second, in the zone of the business day; a dash for none.
export function stamp(ms, timeZone) {
  if (ms === null || ms === undefined) return "–";
  const day = new Intl.DateTimeFormat(LANGUAGE, { ...FIGURES, timeZone, dateStyle: "medium" }).format(ms);
  const time = { ...FIGURES, timeZone, timeStyle: "medium", hourCycle: "h23" };
  return `${day} ${new Intl.DateTimeFormat(LANGUAGE, time).format(ms)}`;
}

// The time of day, with the day only if that is another than today's.
export function clock(ms, timeZone) {
  const day = (at) => label(at, timeZone).slice(0, 10);
  const text = stamp(ms, timeZone);
  return ms && day(ms) === day(Date.now()) ? text.split(" ").at(-1) : text;
}

// "2026-11-21 12:05", as in the tables of the charts.
export function label(ms, timeZone) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("sv", { ...parts, timeZone }).format(ms).replace(",", "");
}

function inUnit(value, unit) {
  const maximumFractionDigits = value < 10 ? 1 : 0;
  const format = { ...FIGURES, style: "unit", unit, unitDisplay: "short", maximumFractionDigits };
  return new Intl.NumberFormat(LANGUAGE, format).format(value);
}
