// Sends the order form in the background, so that the page and what was chosen stay if it fails.
//
// The server answers as it does to a browser without JavaScript: with the ticket, or with the form's page
// and a sentence in it that says what is wrong. So there is one truth and one place for its words.

const PATIENCE_MS = 15_000;

// { ticket: address }, { page: Document }, or null: nobody knows what became of it. To send it again is safe.
export async function send(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.redirected) return { ticket: answer.url };
    return { page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } catch {
    return null;
  }
}
