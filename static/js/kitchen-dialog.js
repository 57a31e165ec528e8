// A dialog with the button that opens it and the one that closes it.

export function dialogOf(element) {
  const dialog = element.closest("dialog");
  const opener = document.querySelector(`[data-opens="${dialog.id}"]`);
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  element.querySelector("[data-closes]").addEventListener("click", () => dialog.close());
  return dialog;
}
