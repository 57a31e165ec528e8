// What this tab keeps until it is closed: where it began, what was chosen, how it is best read.
//
// A browser that forbids storage throws; then nothing is kept, and everything else goes on.

export const memory = {
  keep(name, value) {
    attempt(() => sessionStorage.setItem(`orderup.${name}`, JSON.stringify(value)));
  },

  recall(name) {
    return attempt(() => JSON.parse(sessionStorage.getItem(`orderup.${name}`)));
  },

  forget(...names) {
    for (const name of names) attempt(() => sessionStorage.removeItem(`orderup.${name}`));
  },
};

function attempt(action) {
  try {
    return action() ?? null;
  } catch {
    return null;
  }
}
