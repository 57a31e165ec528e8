// What happened, newest first, and the count of what was lost after the last fault.

export function showNews(play, { news, counted, redis_is_out: out, mistakes }) {
  showMistakes(play.querySelector("[data-mistakes]"), mistakes);
  const list = play.querySelector("[data-news]");
  const mark = String(news.at(-1)?.at_ms) + news.length + (news.at(-1)?.text ?? "");
  if (list.dataset.mark !== mark) {
    list.dataset.mark = mark;
    list.replaceChildren(...[...news].reverse().map(({ at_ms: atMs, text }) => line(atMs, text)));
  }
  const words = play.querySelector("[data-counted]");
  const text = out ? "Redis is out. Orders that have a number are on disk." : sentence(counted);
  words.hidden = !text;
  if (words.textContent !== text) words.textContent = text;
}

// Recipes that are left out, and what a learner can do about it.
function showMistakes(list, mistakes) {
  const mark = mistakes.join("\n");
  if ([...list.children].map((item) => item.textContent).join("\n") === mark) return;
  list.replaceChildren(
    ...mistakes.map((mistake) => {
      const item = document.createElement("li");
      item.textContent = mistake;
      return item;
    }),
  );
}

function line(atMs, text) {
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = new Date(atMs).toLocaleTimeString("en", { timeStyle: "medium", hourCycle: "h23" });
  item.append(time, ` ${text}`);
  return item;
}

function sentence(counted) {
  if (!counted) return "";
  const { numbers, there, in_line: inLine } = counted;
  if (there === null) return `Counting what was lost: ${numbers} numbers were in customers' hands …`;
  const lost = numbers - there;
  const right = `With a number: ${numbers} before, ${there} still in the book. Lost: ${lost || "nothing"}.`;
  return inLine ? `${right} In line at the one counter: ${inLine} lost their place.` : right;
}
