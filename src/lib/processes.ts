// Whether another process of this machine still runs. Must not end any.

/** False for our own number, too: what it left was left by one before us that had the same, as in a container. */
export function isAlive(pid: number): boolean {
  if (pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
