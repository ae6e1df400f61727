// Tells whether a process written down earlier is still that same process. Must not signal or stop anything.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds something: enough to recognise a dead holder even after its number was given to another process. */
export interface ProcessMark {
  readonly pid: number;
  readonly born: string;
  readonly host: string;
}

/** The mark of this process. */
export const ownMark = (): ProcessMark => ({ pid: process.pid, born: bornAt(process.pid), host: hostname() });

/** Whether the marked process lives. `foreign`: written on another machine or container, so its number says nothing here. */
export function stateOf(mark: ProcessMark): "alive" | "dead" | "foreign" {
  if (mark.host !== hostname()) return "foreign";
  if (!exists(mark.pid)) return "dead";
  const born = bornAt(mark.pid);
  return born === "" || mark.born === "" || born === mark.born ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === "EPERM"; // it is there, and belongs to another account
  }
}

/** When the process started, in the system's own words, or "" where the system does not tell. */
function bornAt(pid: number): string {
  try {
    if (process.platform === "linux") return linuxBirth(pid);
    if (process.platform === "darwin") {
      return execFileSync("/bin/ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    }
  } catch {
    // Gone, or not to be seen: the number alone has to do.
  }
  return "";
}

/** Boot and start tick (field 22 of proc_pid_stat(5)); the name in field 2 may hold spaces and brackets. */
function linuxBirth(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const tick = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${tick}`;
}
