// <workshop-preflight>: what works on this machine, in short, as `orderup doctor` says it.

const MARKS = { ok: "✓", note: "!", BROKEN: "✗" };

class WorkshopPreflight extends HTMLElement {
  connectedCallback() {
    const again = this.querySelector("[data-again]");
    again.hidden = false;
    again.addEventListener("click", () => this.#look(again));
    this.#look(again);
  }

  async #look(again) {
    again.disabled = true;
    const answer = await fetch("/workshop/preflight").catch(() => null);
    const { findings = [] } = answer?.ok ? await answer.json() : {};
    const lines = findings.map(line);
    this.querySelector("[data-findings]").replaceChildren(...(lines.length ? lines : ["This machine could not be looked over."]));
    again.disabled = false;
  }
}

function line({ what, mark, found, cure }) {
  const item = document.createElement("li");
  item.dataset.mark = mark;
  const name = document.createElement("b");
  name.textContent = `${MARKS[mark]} ${what}`;
  item.append(name, ` ${found}`, cure && ` → ${cure}`);
  return item;
}

customElements.define("workshop-preflight", WorkshopPreflight);
