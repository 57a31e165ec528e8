// The browser's own voice, in the board's language; in English where it has none for it.
//
// Only voices of this machine: the others are spoken by somebody else's server, and there may be no
// internet.
//
// A number is given to the voice in figures: "104" is read as a number in the voice's own language.

const LONGEST_MS = 15_000; // some engines never say that they have ended
const SAME_LANGUAGE = { tl: "fil" }; // the older code, which Windows and Android still use

export class Voice {
  #synthesis = globalThis.speechSynthesis;
  #language;
  #words;
  #speaking = null; // kept, or Chromium forgets to say that it has ended

  // words: language → announcement with {n}. The page's language is tried first, then English.
  constructor(words, onChange) {
    this.#words = words;
    this.#language = document.documentElement.lang;
    this.#synthesis?.addEventListener?.("voiceschanged", onChange); // they are loaded late
  }

  get isPossible() {
    return this.#found !== undefined;
  }

  // Resolves when it has been said, or could not be.
  say(reference) {
    if (!this.isPossible) return Promise.resolve();
    const [language, voice] = this.#found;
    const utterance = new SpeechSynthesisUtterance(this.#words[language].replace("{n}", reference));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.9; // a hall echoes
    return this.#speak(utterance);
  }

  #speak(utterance) {
    this.#speaking = utterance;
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.#synthesis.cancel(), LONGEST_MS); // ends in an error event
      const last = setTimeout(resolve, LONGEST_MS + 1_000);
      const end = () => {
        clearTimeout(limit);
        clearTimeout(last);
        resolve();
      };
      utterance.addEventListener("end", end);
      utterance.addEventListener("error", end);
      this.#synthesis.speak(utterance);
    });
  }

  // [language, voice], or undefined.
  get #found() {
    const here = (this.#synthesis?.getVoices() ?? []).filter(({ localService }) => localService);
    return [this.#language, "en"]
      .map((language) => [language, here.find(({ lang }) => codeOf(lang) === language)])
      .find(([, voice]) => voice);
  }
}

function codeOf(lang) {
  const [code] = lang.toLowerCase().split(/[-_]/);
  return SAME_LANGUAGE[code] ?? code;
}
