// Three seconds in which a tap can be taken back; of each order one at a time.

const LASTS_MS = 3_000;
const LOOK_MS = 100;

export class Countdowns {
  #running = new Map(); // order id → { timer, show }

  // show(seconds left) as they pass, show(null) at the end; onOver() unless it was cancelled.
  begin(id, { show, onOver }) {
    this.cancel(id);
    const begun = performance.now();
    const look = () => {
      const leftMs = LASTS_MS - (performance.now() - begun);
      if (leftMs > 0) {
        show(Math.ceil(leftMs / 1_000));
        return;
      }
      this.cancel(id);
      onOver();
    };
    this.#running.set(id, { timer: setInterval(look, LOOK_MS), show });
    look();
  }

  cancel(id) {
    const running = this.#running.get(id);
    if (!running) return;
    clearInterval(running.timer);
    this.#running.delete(id);
    running.show(null);
  }

  // Cancel those of all other orders.
  keep(ids) {
    for (const id of this.#running.keys()) if (!ids.has(id)) this.cancel(id);
  }
}
