// The two kinds of trouble the rules know: a rule broken by a person, and a move that the table of moves does not have.

/** A rule broken by a person's input. `code` is stable and listed in docs/errors.md; the text says what happened, to what, what to do. */
export class DomainError extends Error {
  readonly code: string;
  /** Every fault at once, one sentence each, where there are several. */
  readonly faults: readonly string[];
  constructor(code: string, message: string, faults: readonly string[] = []) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.faults = faults;
  }
}

/** Our own fault: an event that makes no sense in this state. Never silently ignored. */
export class IllegalMove extends Error {
  constructor(what: string, state: string, event: string) {
    super(`A ${what} that is "${state}" cannot be moved by "${event}".`);
    this.name = "IllegalMove";
  }
}
