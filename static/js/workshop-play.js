// <workshop-play>: the whole page. It hears the state of the play four times a second and hands it to the
// parts that draw it; it sends what the presenter wants, and turns the chapters.

import "./blind-notice.js";
import { LiveStream } from "./live-stream.js";
import { showDesk, wishes } from "./workshop-desk.js";
import { showFigures } from "./workshop-figures.js";
import { showPeople } from "./workshop-people.js";
import { showPlot } from "./workshop-plot.js";
import { showHall } from "./workshop-hall.js";
import { showNews } from "./workshop-news.js";
import { showLedger } from "./workshop-ledger.js";

const CHAPTERS = 6;

class WorkshopPlay extends HTMLElement {
  #stream = null;
  #abort = null;

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const notice = this.querySelector("blind-notice");
    this.#stream = new LiveStream("/workshop/events", {
      whole: ["snapshot", (state) => this.#show(state)],
      onBlind: (agoMs) => (agoMs === null ? notice.hide() : notice.show(agoMs)),
    });
    this.#stream.start();
    wishes(this, signal);
    this.#vocabulary(signal);
    addEventListener("hashchange", () => this.#turnTo(this.#chapter), { signal });
    document.addEventListener("keydown", (event) => this.#turnByKey(event), { signal });
    this.dataset.played = "";
    this.#turnTo(this.#chapter);
  }

  disconnectedCallback() {
    this.#abort?.abort();
    this.#stream?.stop();
  }

  #show(state) {
    showFigures(this, state);
    showPeople(this, state);
    showPlot(this, state);
    showDesk(this, state);
    showNews(this, state);
    showHall(this, state);
    showLedger(this, state.xray);
  }

  #vocabulary(signal) {
    const fieldset = this.querySelector("[data-vocabulary]");
    fieldset.hidden = false;
    const choose = () => (this.dataset.words = fieldset.querySelector(":checked").value);
    fieldset.addEventListener("change", choose, { signal });
    choose();
  }

  get #chapter() {
    const number = Number(location.hash.replace("#chapter-", ""));
    return number >= 1 && number <= CHAPTERS ? number : 1;
  }

  #turnTo(chapter) {
    this.dataset.chapter = chapter;
    for (const link of this.querySelectorAll(".chapter-link")) {
      if (Number(link.dataset.chapter) === chapter) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
  }

  // A presenter's clicker sends Page Up and Page Down.
  #turnByKey(event) {
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (!step || event.target.closest("select, input")) return;
    event.preventDefault();
    const chapter = Math.min(CHAPTERS, Math.max(1, this.#chapter + step));
    location.hash = `#chapter-${chapter}`;
    scrollTo({ top: 0 });
  }
}

customElements.define("workshop-play", WorkshopPlay);
