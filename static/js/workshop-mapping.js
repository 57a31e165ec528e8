// <workshop-mapping>: the table that learners fill in before the answers are shown.

class WorkshopMapping extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-show]");
    for (const select of this.#selects) select.hidden = false;
    button.hidden = false;
    this.#say("Fill in every field first.");
    this.addEventListener("change", () => this.#look(button));
    button.addEventListener("click", () => this.#show());
  }

  get #selects() {
    return [...this.querySelectorAll("select")];
  }

  #look(button) {
    const open = this.#selects.filter((select) => !select.value).length;
    button.disabled = open > 0;
    this.#say(open ? `${open} still to fill in.` : "All filled in. Compare with your neighbour first.");
  }

  #show() {
    let right = 0;
    for (const select of this.#selects) {
      const correct = select.value === select.dataset.right;
      right += correct;
      const answer = select.parentElement.querySelector("[data-answer]");
      answer.textContent = correct ? "✓ right" : `→ ${select.dataset.right}`;
      answer.dataset.correct = correct;
    }
    this.#say(`${right} of ${this.#selects.length} are as we call them.`);
  }

  #say(text) {
    this.querySelector("[data-verdict]").textContent = text;
  }
}

customElements.define("workshop-mapping", WorkshopMapping);
