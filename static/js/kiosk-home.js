// Is this screen a kiosk, which many people use one after the other, and where does each of them begin?
//
// A kiosk is opened with `?kiosk=1`, or known by its size: upright, and larger than any tablet. A language
// that a customer chooses does not change the address at which the next one begins.

import { memory } from "./kiosk-memory.js";

const UPRIGHT = matchMedia("(width >= 1000px) and (height >= 1600px)");
const PATIENCE_MS = 5_000;

export function beginHere() {
  const { pathname, search } = location;
  if (asksForKiosk(search) || !memory.recall("home")) memory.keep("home", pathname + search);
}

export function isKiosk() {
  const home = memory.recall("home");
  return home !== null && (asksForKiosk(home) || UPRIGHT.matches);
}

// A kiosk with a receipt printer is opened with `?kiosk=1&print=1`.
export function hasPrinter() {
  return /[?&]print=1\b/.test(memory.recall("home") ?? "");
}

export function isHome() {
  return memory.recall("home") === location.pathname + location.search;
}

// A page that cannot be loaded would leave the kiosk with the browser's own error, or with that of a proxy:
// so it is asked first. Returns whether the browser is on its way.
export async function goHome() {
  const home = memory.recall("home") ?? "/";
  const there = await isOurs(home);
  if (there) location.replace(home);
  return there;
}

// While the order book is away the kiosk itself answers 503, and goes on by itself.
async function isOurs(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok || (await answer.text()).includes("<order-form");
  } catch {
    return false;
  }
}

const asksForKiosk = (address) => /[?&]kiosk=1\b/.test(address);
