// One action for many orders: those that are ticked, or all that the search finds. First it is only asked
// what would become of them; what is done then is done to exactly these.

const PATIENCE_MS = 60_000;

// `part` is the <office-orders> it belongs to.
export function startBulk(part) {
  new Bulk(part).start();
}

class Bulk {
  #part;
  #meant = null; // { status, from, ids } as of the preview

  constructor(part) {
    this.#part = part;
  }

  start() {
    const form = this.#part.querySelector("[data-bulk]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#preview(form.querySelector("[data-action]").value.split(" "));
    });
    form.addEventListener("change", () => this.#forget());
    this.#part.querySelector("[data-confirm]").addEventListener("click", () => this.#do());
    this.#part.querySelector("[data-cancel]").addEventListener("click", () => this.#forget());
  }

  async #preview([status, from]) {
    this.#forget();
    const told = await this.#send({ status, ...(from && { from }), ...this.#part.chosen, dry_run: true });
    if (!told) return;
    const moving = told.orders.filter(({ outcome }) => outcome === "moved").map(({ id }) => id);
    const words = this.#part.say("preview").replace("{n}", moving.length).replace("{rest}", told.orders.length - moving.length);
    this.#part.querySelector("[data-count]").textContent = told.more ? `${words} ${this.#part.say("more")}` : words;
    this.#part.querySelector("[data-preview]").hidden = false;
    const confirm = this.#part.querySelector("[data-confirm]");
    confirm.disabled = moving.length === 0;
    this.#meant = { status, ...(from && { from }), ids: moving };
    (moving.length ? confirm : this.#part.querySelector("[data-cancel]")).focus();
  }

  async #do() {
    const meant = this.#meant;
    this.#forget();
    if (!meant) return;
    const told = await this.#send(meant);
    if (!told) return;
    this.#tell(this.#part.say("done").replace("{n}", told.counts.moved));
    for (const pick of this.#part.querySelectorAll("[data-pick]")) pick.checked = false;
    this.#part.refresh();
  }

  async #send(body) {
    const answer = await fetch("/api/orders/status", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (answer?.ok && told) return told;
    this.#tell(told?.detail ?? this.#part.say("failed"));
    return null;
  }

  #tell(words) {
    const notice = this.#part.querySelector("[data-done]");
    notice.textContent = words;
    notice.hidden = false;
  }

  #forget() {
    this.#meant = null;
    this.#part.querySelector("[data-preview]").hidden = true;
    this.#part.querySelector("[data-done]").hidden = true;
  }
}
