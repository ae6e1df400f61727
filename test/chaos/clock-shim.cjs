// node --require: shifts this process's wall clock and nothing else; performance.now() and timers go on as before.
// CLOCK_SHIFT_MS says by how much; CLOCK_SHIFT_FILE names a file that says it, looked at again and again while we run.
"use strict";
const { readFileSync } = require("node:fs");

const RealDate = Date;
const LOOK_AGAIN_MS = 20;
let shift = Number(process.env.CLOCK_SHIFT_MS ?? 0) || 0;
let lookedAt = -Infinity;

function shiftNow() {
  if (performance.now() - lookedAt < LOOK_AGAIN_MS) return shift;
  lookedAt = performance.now();
  const file = process.env.CLOCK_SHIFT_FILE; // may be said after the start
  if (!file) return shift;
  try {
    const said = Number(readFileSync(file, "utf8").trim());
    if (Number.isFinite(said)) shift = said;
  } catch {
    // There is no file yet: the last shift holds.
  }
  return shift;
}
const now = () => RealDate.now() + shiftNow();

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === "now" ? now : Reflect.get(target, name, self)),
});
RealDate.prototype.constructor = globalThis.Date;
