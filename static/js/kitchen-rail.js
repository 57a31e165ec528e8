// The open orders as the stream tells them, by id, and the server's clock.
//
// An order's history only grows. So of two answers about it, by the stream and to a tap, the one with the
// longer history is the newer.

export class Rail {
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

  replace({ epoch, version, orders, at_ms: atMs }) {
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
    for (const order of orders) this.learn(order);
    return true;
  }

  learn(order) {
    const known = this.#orders.get(order.id);
    if (known && known.history.length > order.history.length) return;
    if (order.status === "REVOKED") this.#orders.delete(order.id);
    else this.#orders.set(order.id, order);
  }

  forget() {
    this.#epoch = "";
    this.#orders.clear();
  }
}
