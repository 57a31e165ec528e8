// The chime: two notes of a bell, made here. A browser plays nothing before somebody has touched the page.

const NOTES_HZ = [659.26, 523.25]; // E and C: ding, dong
const APART_S = 0.45;
const RINGS_S = 1.3;
const LOUD = 0.6;
const OVERTONES = [[1, 1], [2.76, 0.22], [5.4, 0.08]]; // of a bar that is struck: pitch and strength

export class Chime {
  #context = globalThis.AudioContext ? new AudioContext() : null;

  // onChange is called whenever sound has become allowed, or is no longer.
  constructor(onChange) {
    this.#context?.addEventListener("statechange", onChange);
  }

  get isPossible() {
    return this.#context !== null;
  }

  get isAllowed() {
    return this.#context?.state === "running";
  }

  // Works from a touch or a key, or where the browser was started so that it always does.
  unlock() {
    return this.#context?.resume();
  }

  close() {
    this.#context?.close();
  }

  // Resolves when the next thing may be heard.
  play() {
    if (!this.isAllowed) return Promise.resolve();
    const now = this.#context.currentTime;
    NOTES_HZ.forEach((pitchHz, place) => this.#strike(pitchHz, now + place * APART_S));
    return new Promise((resolve) => setTimeout(resolve, (APART_S + RINGS_S) * 1_000));
  }

  #strike(pitchHz, at) {
    for (const [times, strength] of OVERTONES) {
      const loudness = new GainNode(this.#context, { gain: 0 });
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(LOUD * strength, at + 0.01);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + RINGS_S / Math.sqrt(times));
      const tone = new OscillatorNode(this.#context, { frequency: pitchHz * times });
      tone.connect(loudness).connect(this.#context.destination);
      tone.start(at);
      tone.stop(at + RINGS_S);
    }
  }
}
