// The board's tickets as the stream tells them: a snapshot replaces everything, a change must follow.
//
// `replace` and `apply` return the tickets whose status has changed before somebody's eyes: nothing
// is news on a board that was just opened.

const GONE = new Set(["COLLECTED", "REVOKED"]);

export class Tickets {
  #epoch = null;
  #version = null;
  #tickets = new Map(); // reference → { reference, status, since_ms }

  replace({ epoch, version, tickets }) {
    const before = this.#epoch === null ? null : this.#tickets;
    this.#tickets = new Map(tickets.map((ticket) => [ticket.reference, ticket]));
    this.#epoch = epoch;
    this.#version = version;
    if (before === null) return [];
    return tickets.filter(({ reference, status }) => before.get(reference)?.status !== status);
  }

  // null when the change does not follow what is known.
  apply({ epoch, after, version, tickets }) {
    if (epoch !== this.#epoch || after !== this.#version) return null;
    const news = tickets.filter(({ reference, status }) => this.status(reference) !== status);
    for (const ticket of tickets) {
      if (GONE.has(ticket.status)) this.#tickets.delete(ticket.reference);
      else this.#tickets.set(ticket.reference, ticket);
    }
    this.#version = version;
    return news;
  }

  get isEmpty() {
    return this.#epoch === null; // nothing heard yet
  }

  status(reference) {
    return this.#tickets.get(reference)?.status;
  }

  // Those with one of the statuses: in the order of their numbers, or as they came to be so.
  all(statuses, { bySince = false } = {}) {
    const found = [...this.#tickets.values()].filter(({ status }) => statuses.includes(status));
    return found.sort((a, b) => (bySince && a.since_ms - b.since_ms) || byReference(a, b));
  }
}

const byReference = (a, b) => a.reference.localeCompare(b.reference, "en", { numeric: true });
