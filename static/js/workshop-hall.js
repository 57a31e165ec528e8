// Who takes part from the hall: numbers on the display that are no customer's of the play, and open kitchen screens.

export function showHall(play, { hall, screens, controls }) {
  play.querySelector("[data-hatch]")?.toggleAttribute("hidden", !controls.laptops);
  const words = play.querySelector("[data-hall]");
  const text = `Numbers from the hall: ${hall.preparing} in preparation, ${hall.ready} ready. Kitchen screens open: ${screens}.`;
  if (words.textContent !== text) words.textContent = text;
}
