// Calls numbers, one after the other: a chime for those that came together, then the voice for each.
//
// What waits for its turn is called only if it is still true by then.

export class Announcer {
  #chime;
  #say;
  #waiting = []; // { references, isTrue }
  #busy = false;

  // chime(), say(reference): done when their promise is; either may be null, and then is not heard.
  constructor({ chime, say }) {
    this.#chime = chime;
    this.#say = say;
  }

  // isTrue(reference): whether the number may still be called when its turn comes.
  call(references, isTrue) {
    this.#waiting.push({ references, isTrue });
    if (!this.#busy) this.#callAll();
  }

  async #callAll() {
    this.#busy = true;
    while (this.#waiting.length) await this.#callTogether(this.#waiting.shift());
    this.#busy = false;
  }

  async #callTogether({ references, isTrue }) {
    if (references.some(isTrue)) await this.#chime?.();
    for (const reference of references) {
      if (isTrue(reference)) await this.#say?.(reference);
    }
  }
}
