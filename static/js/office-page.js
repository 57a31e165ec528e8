// <office-page>: keeps what the page says of the kitchen true, by one stream for all its parts.
//
// A frame comes once a second with all there is to say. Which orders have changed is passed on as an event
// ("orders-changed") to whoever on the page shows orders.

import { LiveStream } from "./live-stream.js";
import { CrewList, RetryList } from "./office-crew.js";
import { lasted } from "./office-times.js";
import { Stopwatch } from "./stopwatch.js";
import "./blind-notice.js";

const TICK_MS = 1_000;

class OfficePage extends HTMLElement {
  #stream = null;
  #crew = null;
  #retries = null;
  #seen = null; // the last frame, and when it came
  #tick = 0;

  connectedCallback() {
    this.#crew = new CrewList(this);
    this.#retries = new RetryList(this);
    this.#stream = new LiveStream("/office/events", {
      whole: ["kitchen", (seen) => this.#show(seen)],
      part: ["changed", (news) => this.#passOn(news)],
      onBlind: (agoMs) => this.#showLink(agoMs),
    });
    this.#stream.start();
    this.#tick = setInterval(() => this.#showAges(), TICK_MS);
  }

  disconnectedCallback() {
    this.#stream.stop();
    clearInterval(this.#tick);
  }

  #show(seen) {
    this.#seen = { ...seen, since: new Stopwatch() };
    const nobody = !seen.crew.some(({ on_duty: onDuty, lost }) => onDuty && !lost);
    this.querySelector("[data-nobody]").hidden = !nobody;
    this.#showKitchen(seen.kitchen);
    for (const tile of this.querySelectorAll("[data-tile]")) {
      const statuses = tile.dataset.tile.split(" ");
      tile.textContent = statuses.reduce((sum, status) => sum + (seen.statuses[status] ?? 0), 0);
    }
    this.#crew.show(seen.crew);
    this.#retries.show(seen.retrying);
    this.#showAges();
  }

  #showKitchen({ paused, cooks, mode }) {
    this.querySelector("[data-paused]").hidden = !paused;
    this.querySelector('[data-when="paused"]').hidden = !paused;
    this.querySelector('[data-when="running"]').hidden = paused;
    const number = this.querySelector("[data-cooks]");
    if (document.activeElement !== number && number.value === number.defaultValue) {
      number.value = number.defaultValue = cooks ?? ""; // what somebody is typing stays
    }
    const choice = this.querySelector("[data-mode]");
    if (document.activeElement !== choice) choice.value = mode;
  }

  #showAges() {
    if (!this.#seen) return;
    const nowMs = this.#seen.at_ms + this.#seen.since.elapsedMs;
    const { oldest_ms: oldestMs } = this.#seen;
    this.querySelector("[data-oldest]").textContent = oldestMs ? lasted(nowMs - oldestMs) : "–";
    this.#crew.showAges(nowMs);
  }

  #passOn(detail) {
    this.dispatchEvent(new CustomEvent("orders-changed", { detail }));
    return true;
  }

  #showLink(agoMs) {
    const state = agoMs === null ? "live" : "blind";
    const link = this.querySelector("[data-link]");
    const words = this.querySelector("#words").content.querySelector(`[data-word="${state}"]`);
    if (link.dataset.link !== state) link.textContent = words.textContent;
    link.dataset.link = state;
    const notice = this.querySelector("blind-notice");
    if (agoMs === null) notice.hide();
    else {
      notice.show(agoMs);
      this.#checkSession();
    }
  }

  // A stream cannot say why it was refused, so it is asked for once more.
  async #checkSession() {
    const answer = await fetch("/office/events", { method: "HEAD" }).catch(() => null);
    if (answer?.status === 401) this.querySelector("[data-signed-out]").hidden = false;
  }
}

customElements.define("office-page", OfficePage);
