// A SharedWorker: the one EventSource of all tabs that show the same stream. Its name is the address.
//
// A browser opens six connections to a host over HTTP/1.1; the seventh board would wait for ever.
// The worker is a pipe without a memory, so it has nothing old to show: a stream begins with the
// whole, and whoever comes in has it opened anew, for all. What to believe, each tab decides itself.

const EVENTS = ["snapshot", "change", "heartbeat", "blind", "full", "menu"];
const PATIENCE_MS = 25_000; // an attempt to connect that takes longer is given up for the next one

const tabs = new Set();
let source = null;
let openedAt = 0;

self.onconnect = ({ ports: [tab] }) => {
  tabs.add(tab);
  tab.onmessage = () => leave(tab); // a tab says nothing else
  tab.postMessage({ name: "hello" });
  const underWay = source?.readyState === EventSource.CONNECTING && Date.now() - openedAt < PATIENCE_MS;
  if (!underWay) open();
};

function open() {
  source?.close();
  source = new EventSource(self.name);
  openedAt = Date.now();
  for (const name of EVENTS) source.addEventListener(name, ({ data }) => tell({ name, data }));
  source.addEventListener("error", ({ target }) => tell({ name: "error", readyState: target.readyState }));
}

function leave(tab) {
  tabs.delete(tab);
  if (tabs.size > 0) return;
  source.close();
  source = null;
}

function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}
