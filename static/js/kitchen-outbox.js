// Taps that the server has not answered yet: kept in the browser until it has, then sent once each, in
// the order in which they were made.
//
// Every one names the state to be reached, and what it had seen of the order. So one that is sent again, since
// its answer was lost, or by two windows, does no harm, even if somebody has taken it back in between; and one
// that comes too late is refused and dropped with a word.

const PREFIX = "orderup.kitchen.unsent.";
const AGAIN_MS = 3_000;
const PATIENCE_MS = 10_000;
const LATER = [429, 502, 503, 504]; // too many taps, or the counter or its book is away
const SIGNED_OUT = 401;

export class Outbox {
  #wishes = load();
  #on;
  #sending = false;
  #again = 0;

  // onChange(), onDone(wish, order), onRefused(wish, problem), onSignedOut()
  constructor(on) {
    this.#on = on;
  }

  get size() {
    return this.#wishes.length;
  }

  // The body of the last wish of this kind ("status", "priority") for an order; undefined without one.
  last(kind, order) {
    return this.#wishes.findLast((wish) => wish.kind === kind && wish.order === order)?.body;
  }

  // How long the history of an order will be when the taps on it have been answered; undefined without any.
  after(order) {
    const last = this.#wishes.findLast((wish) => wish.order === order)?.body;
    return last && last.after + 1;
  }

  put(kind, order, reference, body) {
    const wish = { key: `${Date.now()}-${Math.random()}`, kind, order, reference, body };
    this.#wishes.push(wish);
    keep(wish);
    this.#on.onChange();
    this.send();
  }

  // Send what there is; what cannot be sent now is tried again soon.
  async send() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#again);
    while (this.#wishes.length && (await this.#sendFirst()));
    this.#sending = false;
    if (this.#wishes.length) this.#again = setTimeout(() => this.send(), AGAIN_MS);
  }

  async #sendFirst() {
    const wish = this.#wishes[0];
    const answer = await put(`/api/orders/${wish.order}/${wish.kind}`, wish.body);
    if (!answer || LATER.includes(answer.status)) return false;
    if (answer.status === SIGNED_OUT) {
      this.#on.onSignedOut();
      return false;
    }
    const body = await answer.json().catch(() => ({}));
    this.#wishes.shift();
    forget(wish);
    if (answer.ok) this.#on.onDone(wish, body);
    else this.#on.onRefused(wish, body);
    this.#on.onChange();
    return true;
  }
}

// The answer; null when there is none.
export async function put(url, body) {
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return fetch(url, { method: "PUT", headers, body: JSON.stringify(body), signal }).catch(() => null);
}

// Each wish has an entry of its own, so that two windows do not write over one another's.
function load() {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => JSON.parse(localStorage.getItem(name)))
      .sort((one, other) => parseFloat(one.key) - parseFloat(other.key));
  } catch {
    return []; // a browser that keeps nothing
  }
}

function keep(wish) {
  try {
    localStorage.setItem(PREFIX + wish.key, JSON.stringify(wish));
  } catch {
    // Then it lasts only as long as the page.
  }
}

function forget(wish) {
  try {
    localStorage.removeItem(PREFIX + wish.key);
  } catch {
    // It was never kept.
  }
}
