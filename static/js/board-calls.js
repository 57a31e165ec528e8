// The numbers that were called, newest first: who looks up late finds his in the strip.

const SHOWN = 8;
const STEADY_MS = 30_000; // so long a called number keeps its frame; the newest keeps it longer

export class Calls {
  #calls = []; // { reference, at }; at: on this page's steady clock, null if nobody was watching

  // What was ready before this page was opened.
  begin(tickets) {
    this.#calls = tickets.map(({ reference }) => ({ reference, at: null })).reverse();
  }

  call(references) {
    this.forget(references);
    this.#calls.unshift(...references.map((reference) => ({ reference, at: performance.now() })).reverse());
    this.#calls.length = Math.min(this.#calls.length, 100);
  }

  // Given to another order, or taken back.
  forget(references) {
    this.#calls = this.#calls.filter(({ reference }) => !references.includes(reference));
  }

  get last() {
    return this.#calls.slice(0, SHOWN).map(({ reference }) => reference);
  }

  // For how long the number has been framed, in milliseconds; null when it is not.
  framedMs(reference) {
    const place = this.#calls.findIndex((call) => call.reference === reference);
    const at = this.#calls[place]?.at ?? null;
    if (at === null) return null;
    const framedMs = performance.now() - at;
    return framedMs < STEADY_MS || place === 0 ? framedMs : null;
  }
}
