// The presenter's desk: what is pressed goes to the server as a form, and comes back with the state.

const LATER_MS = 1_500; // what the presenter has just set is not overwritten by an older state

let setAt = -LATER_MS;

// Lets every form of `play` be sent without leaving the page, and keys press its buttons.
export function wishes(play, signal) {
  const send = (form) => sendWish(play, new URLSearchParams(new FormData(form)));
  play.addEventListener(
    "submit",
    (event) => {
      if (!event.target.matches("[data-wish]")) return;
      event.preventDefault();
      send(event.target);
    },
    { signal },
  );
  play.addEventListener(
    "change",
    (event) => {
      const form = event.target.closest("[data-wish]");
      if (form) send(form);
    },
    { signal },
  );
  play.addEventListener("input", (event) => {
    setAt = performance.now();
    const figure = play.querySelector(`[data-shows="${event.target.name}"]`);
    if (figure) figure.textContent = event.target.value;
  }, { signal });
  document.addEventListener("keydown", (event) => pressByKey(play, event), { signal });
}

export function showDesk(play, { controls, stopped_alone: alone }) {
  play.querySelector("[data-alone]").hidden = !alone;
  for (const button of play.querySelectorAll("[data-switch]")) {
    const on = controls[button.dataset.switch];
    button.form.elements[button.dataset.switch].value = String(!on);
    button.firstChild.data = on ? button.dataset.whenOn : button.dataset.whenOff;
    button.dataset.on = String(on);
  }
  if (performance.now() - setAt < LATER_MS) return;
  for (const name of ["speed", "per_minute", "turkeys"]) {
    const field = play.querySelector(`[data-wish] [name="${name}"]`);
    if (!field || field === document.activeElement) continue;
    field.value = String(controls[name]);
    const figure = play.querySelector(`[data-shows="${name}"]`);
    if (figure) figure.textContent = String(controls[name]);
  }
}

async function sendWish(play, wish) {
  setAt = performance.now();
  const word = play.querySelector("[data-word]");
  try {
    const answer = await fetch("/workshop/controls", {
      method: "POST",
      body: wish,
      headers: { Accept: "application/json" },
    });
    word.hidden = answer.ok;
    if (answer.status === 401) word.textContent = "You are signed out: sign in at /staff.";
    else if (!answer.ok) word.textContent = "This was not done. Try again in a moment.";
  } catch {
    word.hidden = false;
    word.textContent = "The web server does not answer. Try again in a moment.";
  }
}

function pressByKey(play, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input")) return;
  const key = { ".": "b", "=": "+" }[event.key] ?? event.key;
  const button = play.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
  button?.click();
}
