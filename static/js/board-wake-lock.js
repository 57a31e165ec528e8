// Keeps the screen awake while it is seen, where the browser allows that: in a secure context only.
//
// Elsewhere the television's own settings have to do it; docs/counter.md says how. A lock ends when
// the page is hidden, so it is asked for again whenever the page is seen.

// Abort what is returned to let the screen sleep again.
export function keepAwake() {
  const over = new AbortController();
  let lock = null;
  const ask = async () => {
    if (document.visibilityState !== "visible" || over.signal.aborted) return;
    try {
      lock = await navigator.wakeLock?.request("screen");
    } catch {
      lock = null; // refused: low battery, a policy. The board works without
    }
  };
  document.addEventListener("visibilitychange", ask, { signal: over.signal });
  over.signal.addEventListener("abort", () => lock?.release());
  ask();
  return over;
}
