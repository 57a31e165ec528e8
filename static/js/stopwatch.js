// How long ago something was, on a machine that may sleep and whose clock may be set.
//
// performance.now() can stand still while a phone sleeps; Date.now() jumps when the clock is set.
// The longer of the two is never too short: at worst a page reconnects without need.

export class Stopwatch {
  #steady = performance.now();
  #wall = Date.now();

  get elapsedMs() {
    return Math.max(performance.now() - this.#steady, Date.now() - this.#wall, 0);
  }
}
