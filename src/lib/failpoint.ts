// Named places where a test can make this process fail exactly there. Unarmed, a passage costs one look at a boolean.
// Never armed outside the sandbox. Random kills find faults; failpoints prove where they are.

/** The places, in the order a message passes them. A passage names one of these and nothing else. */
export const FAILPOINTS = [
  "mid_freeze", // a stretch of an audience is written, nothing is committed
  "after_render", // a rendition was made, nothing is stored
  "after_claim", // a batch is claimed, nothing is sent
  "before_gate", // a message is composed, its gate not asked
  "after_gate_commit", // it may leave, nothing has left
  "after_last_byte", // its body has been handed over, no answer read
  "after_250", // the relay took it, nothing is recorded
  "after_log_insert", // the line is in the log, its transaction not committed
  "after_result_commit", // everything is recorded
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];
/** And those an import passes. */
export const IMPORT_FAILPOINTS = [
  "import_copied", // every row is in the table of rows, nobody is taken
  "import_taken", // people and consents are written, nothing is committed
] as const;
type Name = FailpointName | (typeof IMPORT_FAILPOINTS)[number];
const NAMES: readonly string[] = [...FAILPOINTS, ...IMPORT_FAILPOINTS];

type Action =
  | { readonly kind: "signal"; readonly signal: "SIGKILL" | "SIGSTOP" }
  | { readonly kind: "throw" }
  | { readonly kind: "sleep"; readonly ms: number };
export interface Failpoint {
  readonly name: Name;
  readonly action: Action;
  /** On which passage, counted from 1; on that one only. */
  readonly at: number;
}

const SPEC = /^([a-z0-9_]+):(?:(SIGKILL|SIGSTOP|throw)|sleep:(\d{1,6}))(?:@([1-9]\d{0,8}))?$/;

/** Reads `name:ACTION@N` (ACTION: SIGKILL, SIGSTOP, throw, sleep:MS; without @N the first), several with commas between. Null: unreadable. */
export function parseFailpoints(text: string): Failpoint[] | null {
  const read = text.split(",").map(parseOne);
  return read.every((one) => one !== null) ? read : null;
}

function parseOne(text: string): Failpoint | null {
  const [whole, name, action, ms, at] = SPEC.exec(text.trim()) ?? [];
  if (whole === undefined || !NAMES.includes(name ?? "")) return null;
  return { name: name as Name, action: actionOf(action, ms), at: Number(at ?? 1) };
}

function actionOf(action: string | undefined, ms: string | undefined): Action {
  if (action === undefined) return { kind: "sleep", ms: Number(ms) };
  return action === "throw" ? { kind: "throw" } : { kind: "signal", signal: action as "SIGKILL" | "SIGSTOP" };
}

let armed = false;
let points: readonly Failpoint[] = [];
const passages = new Map<Name, number>();

/** Arms what `text` says, or nothing. Throws where it cannot be read, and wherever messages may really leave. */
export function armFailpoints(text: string | undefined, sending: string): void {
  armed = false;
  passages.clear();
  points = [];
  if (text === undefined) return;
  if (sending !== "sandbox") throw new Error("Failpoints are for the sandbox only: unset BELLMAN_FAILPOINT.");
  const read = parseFailpoints(text);
  if (!read) throw new Error("BELLMAN_FAILPOINT cannot be read.");
  points = read;
  armed = true;
}

/** A passage. `sleep` holds up the whole process, as a blocked event loop does; `throw` throws here. */
export function failpoint(name: Name): void {
  if (armed) pass(name);
}

function pass(name: Name): void {
  const count = (passages.get(name) ?? 0) + 1;
  passages.set(name, count);
  for (const point of points) if (point.name === name && point.at === count) act(point);
}

function act({ name, action }: Failpoint): void {
  if (action.kind === "throw") throw new Error(`failpoint ${name}`);
  if (action.kind === "signal") process.kill(process.pid, action.signal);
  // Until the signal has come through, or for as long as was asked: nothing else may run in this process.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, action.kind === "sleep" ? action.ms : 50);
}
