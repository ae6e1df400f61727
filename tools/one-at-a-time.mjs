// A lock for the time before anything is installed: two starts at once must not install at once. Only Node's own modules.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Longer than any install takes; by then the holder's number may have been given to another process. Milliseconds. */
const OLD = 15 * 60 * 1000;

/** Waits until this process holds the lock file; gives back the release. A lock whose process is gone is taken over. */
export function oneAtATime(path, { onWait, onFault }) {
  const mine = `${path}.${process.pid}`;
  let waiting = false;
  try {
    writeFileSync(mine, String(process.pid));
    while (!taken(mine, path)) {
      if (holderIsDead(path)) takeAway(path);
      else if (!waiting) {
        waiting = true;
        onWait();
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // sleeps
    }
  } catch (fault) {
    onFault(fault.code ?? fault.message);
  } finally {
    rmSync(mine, { force: true });
  }
  let held = true;
  const release = () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
  process.once("exit", release);
  return release;
}

/** A link is made and filled in one step: nobody ever sees an empty lock. */
function taken(mine, path) {
  try {
    linkSync(mine, path);
    return true;
  } catch (fault) {
    if (fault.code === "EEXIST") return false;
    throw fault;
  }
}

function holderIsDead(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > OLD) return true;
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return false;
  } catch (fault) {
    return fault.code === "ESRCH";
  }
}

/** Moves the dead lock aside first: if another was quicker and this is its living one, it is put back. */
function takeAway(path) {
  const aside = `${path}.old-${process.pid}`;
  try {
    renameSync(path, aside);
    if (!holderIsDead(aside)) linkSync(aside, path);
  } catch {
    // Somebody else moved it; the next look shows how things are.
  }
  rmSync(aside, { force: true });
}
