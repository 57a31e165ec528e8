// The open orders as the stream tells them, by id, and the server's clock.
//
// An order's history only grows. So of two answers about it, by the stream and to a tap, the one with the
// longer history is the newer.

const RECALLABLE = 12; // as in web/rail.py

export class Rail {
  paused = false; // as of the last snapshot: the server sends one when it changes
  #orders = new Map();
  #epoch = null;
  #version = 0;
  #clock = null; // { atMs, heardAt }: the server's time, and when it came, by this page's steady clock

  // Whether the stream has told anything yet.
  get known() {
    return this.#epoch !== null;
  }

  get orders() {
    return [...this.#orders.values()];
  }

  get nowMs() {
    return this.#clock ? this.#clock.atMs + performance.now() - this.#clock.heardAt : Date.now();
  }

  replace({ epoch, version, orders, at_ms: atMs, paused }) {
    this.paused = paused;
    this.#epoch = epoch;
    this.#version = version;
    this.#orders = new Map(orders.map((order) => [order.id, order]));
    this.#clock = { atMs, heardAt: performance.now() };
  }

  // False when the change does not follow on what is known.
  change({ epoch, after, version, orders, at_ms: atMs }) {
    if (epoch !== this.#epoch || after !== this.#version) return false;
    this.#version = version;
    this.#clock = { atMs, heardAt: performance.now() };
    for (const order of orders) this.#put(order);
    this.#takeDown();
    return true;
  }

  learn(order) {
    this.#put(order);
    this.#takeDown();
  }

  #put(order) {
    const known = this.#orders.get(order.id);
    if (known && known.history.length > order.history.length) return;
    if (order.status === "REVOKED") this.#orders.delete(order.id);
    else this.#orders.set(order.id, order);
  }

  // Of what was collected only the last stays, as in the server's own snapshots.
  #takeDown() {
    const over = this.orders.filter(({ status }) => status === "COLLECTED");
    over.sort((one, other) => other.finished_ms - one.finished_ms);
    for (const { id } of over.slice(RECALLABLE)) this.#orders.delete(id);
  }

  forget() {
    this.#epoch = "";
    this.#orders.clear();
  }
}
