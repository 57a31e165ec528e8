// The care of one EventSource: it always comes back, and it says since when it is blind.
//
// EventSource alone gives up for good on an answer other than 200, does not notice a connection
// that has gone silent, and sleeps with the phone. Hence the heartbeat, the watch and the retries.

import { Stopwatch } from "./stopwatch.js";

const BEAT_MS = 5_000;
const PATIENCE_MS = 2 * BEAT_MS + 1_000; // two heartbeats missed, and a second for the network
const RETRY_PATIENCE_MS = 30_000; // for the browser's own attempts to connect
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export class LiveStream {
  #url;
  #open;
  #whole;
  #part;
  #onBlind;
  #source = null;
  #abort = null;
  #watch = 0;
  #retry = 0;
  #retries = 0;
  #blind = false;
  #heard = new Stopwatch(); // since what is shown was last known to be true; at first, as loaded
  #attempted = new Stopwatch();
  #server = null; // { atMs, since }: the server's clock, and how long ago it said so

  // whole: [event name, handler] of the event that carries everything and ends blindness.
  // part: [event name, handler] of a change; its handler returns false when it does not fit.
  // onBlind(agoMs) is called at once; onBlind(null) when the page sees again.
  // open(url) gives the EventSource: one of its own, or openShared of shared-source.js.
  constructor(url, { whole, part = null, onBlind, open = (address) => new EventSource(address) }) {
    this.#url = url;
    this.#open = open;
    this.#whole = whole;
    this.#part = part;
    this.#onBlind = onBlind;
  }

  start() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    document.addEventListener("visibilitychange", () => this.#wakeUp(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#reconnect(0), { signal });
    window.addEventListener("pagehide", () => this.#disconnect(), { signal });
    window.addEventListener("online", () => this.#connect(), { signal });
    this.#watch = setInterval(() => this.#listen(), 1_000);
    this.#connect();
  }

  stop() {
    this.#abort?.abort();
    clearInterval(this.#watch);
    this.#disconnect();
  }

  #connect() {
    this.#disconnect();
    this.#attempted = new Stopwatch();
    const source = this.#open(this.#url);
    const [whole, takeWhole] = this.#whole;
    source.addEventListener(whole, (event) => {
      this.#hear();
      this.#retries = 0;
      this.#see();
      takeWhole(JSON.parse(event.data));
    });
    if (this.#part) {
      const [part, takePart] = this.#part;
      source.addEventListener(part, (event) => {
        this.#hear();
        if (!takePart(JSON.parse(event.data))) this.#connect(); // begins with the whole again
      });
    }
    source.addEventListener("heartbeat", (event) => {
      this.#hear();
      this.#server = { atMs: JSON.parse(event.data).at_ms, since: new Stopwatch() };
      if (this.#blind) this.#connect(); // the server sees again, this page has yet to
    });
    source.addEventListener("blind", (event) => {
      this.#attempted = new Stopwatch(); // the connection is well; it is the server that is blind
      this.#goBlind(this.#ago(JSON.parse(event.data).since_ms));
    });
    source.addEventListener("error", () => this.#fail());
    this.#source = source;
  }

  #disconnect() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #hear() {
    this.#heard = new Stopwatch();
    this.#attempted = new Stopwatch();
  }

  #see() {
    this.#blind = false;
    this.#onBlind(null);
  }

  #goBlind(agoMs) {
    this.#blind = true;
    this.#onBlind(agoMs);
  }

  // While the browser itself retries (after as long as the server's `retry:` said), it is left to.
  #fail() {
    this.#goBlind(this.#heard.elapsedMs);
    if (this.#source.readyState === EventSource.CLOSED) this.#reconnect();
  }

  #reconnect(delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries)) {
    this.#disconnect();
    this.#goBlind(this.#heard.elapsedMs);
    this.#retries += 1;
    this.#retry = setTimeout(() => this.#connect(), delayMs * (0.5 + Math.random()));
  }

  #listen() {
    if (!this.#source) return;
    const patienceMs = this.#source.readyState === EventSource.OPEN ? PATIENCE_MS : RETRY_PATIENCE_MS;
    if (this.#attempted.elapsedMs > patienceMs) this.#reconnect();
    else if (this.#heard.elapsedMs > PATIENCE_MS && !this.#blind) this.#goBlind(this.#heard.elapsedMs);
  }

  #wakeUp() {
    const overdue = this.#heard.elapsedMs > BEAT_MS + 1_000;
    if (document.visibilityState === "visible" && overdue) this.#reconnect(0);
  }

  // How long ago the server's `sinceMs` was, by its own clock where that is known.
  #ago(sinceMs) {
    const now = this.#server ? this.#server.atMs + this.#server.since.elapsedMs : Date.now();
    return Math.max(0, now - sinceMs);
  }
}
