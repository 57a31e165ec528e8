// An EventSource that all tabs of this browser share; for those who look at it, one like any other.
//
// The stream itself is held by a SharedWorker (shared-stream.js), which works by http too, where
// Web Locks are missing. Where there are no such workers a tab has its own; where ours fails, or does not
// answer, only until it connects the next time: ten tabs with streams of their own would shut the others out.

const WORKER = "/static/js/shared-stream.js";
const HELLO_WITHIN_MS = 10_000; // a small computer that opens ten boards takes its time

let itsOwnNext = false;

export function openShared(url) {
  if (!itsOwnNext) {
    try {
      return new SharedSource(url);
    } catch {
      // There are none, or this browser is told to keep nothing of this site.
    }
  }
  itsOwnNext = false;
  return new EventSource(url);
}

class SharedSource extends EventTarget {
  readyState = EventSource.CONNECTING;
  #port;
  #silence;

  constructor(url) {
    super();
    const worker = new SharedWorker(WORKER, { name: url });
    worker.addEventListener("error", () => this.#giveUp());
    this.#silence = setTimeout(() => this.#giveUp(), HELLO_WITHIN_MS);
    this.#port = worker.port;
    this.#port.onmessage = ({ data }) => this.#take(data);
  }

  // A tab that is gone without a word stays in the worker's list, and costs nothing there.
  close() {
    clearTimeout(this.#silence);
    this.readyState = EventSource.CLOSED;
    this.#port.onmessage = null;
    this.#port.postMessage("leave");
    this.#port.close();
  }

  #take({ name, data, readyState = EventSource.OPEN }) {
    clearTimeout(this.#silence);
    if (name === "hello") return;
    this.readyState = readyState;
    this.dispatchEvent(name === "error" ? new Event(name) : new MessageEvent(name, { data }));
  }

  #giveUp() {
    if (this.readyState === EventSource.CLOSED) return; // the page has left, and its worker with it
    itsOwnNext = true;
    this.close();
    this.dispatchEvent(new Event("error"));
  }
}
