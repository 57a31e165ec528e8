// The browser's notifications, for one order, and only if the customer asked for them here.
//
// A phone's Chrome shows them through a service worker only; it does nothing else.

const WORKER = new URL("./ticket-worker.js", import.meta.url);
const ASKED = "ticket-message";

export class Messenger {
  #order;
  #asked;
  #registration = null;

  constructor(order) {
    this.#order = order;
    this.#asked = remembered() === order;
    if (this.state === "on") this.#register();
  }

  // impossible, possible, on, denied
  get state() {
    if (!isSecureContext || !("Notification" in window)) return "impossible";
    if (Notification.permission === "denied") return "denied";
    return this.#asked && Notification.permission === "granted" ? "on" : "possible";
  }

  async ask() {
    this.#asked = (await Notification.requestPermission()) === "granted";
    if (!this.#asked) return;
    remember(this.#order);
    await this.#register();
  }

  async send(title, text) {
    if (this.state !== "on") return;
    const look = { body: text, tag: this.#order, icon: "/static/favicon.svg", data: location.href };
    try {
      const message = new Notification(title, look);
      message.addEventListener("click", () => window.focus());
    } catch {
      await this.#registration?.showNotification(title, look); // it is in use by now
    }
  }

  async #register() {
    this.#registration = await navigator.serviceWorker?.register(WORKER).catch(() => null);
  }
}

// A reload of the page does not forget it; another tab, or another order, is asked again.
function remembered() {
  try {
    return sessionStorage.getItem(ASKED);
  } catch {
    return null;
  }
}

function remember(order) {
  try {
    sessionStorage.setItem(ASKED, order);
  } catch {
    return;
  }
}
