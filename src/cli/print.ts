// How the command line speaks: plain lines, small tables, a bar on a terminal; errors as one sentence, never a stack trace.
import cliProgress from "cli-progress";
import { DomainError, IllegalMove } from "../domain/errors.ts";
import { leftOutWords } from "../domain/left-out.ts";

export const say = (line = ""): void => void process.stdout.write(`${line}\n`);
export const note = (line: string): void => void process.stderr.write(`${line}\n`);
export const sayJson = (value: unknown): void => say(JSON.stringify(value));

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-GB") : cell)),
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    line(cells[0] ?? []),
    widths.map((w) => "-".repeat(w)).join("  "),
    ...cells.slice(1).map(line),
  ].join("\n");
}

export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** A bar on a terminal, a line every tenth otherwise; on standard error, so that --json stays clean. */
export function progress(what: string): Progress {
  if (!process.stderr.isTTY) return progressLines(what);
  const bar = new cliProgress.SingleBar(
    { format: `  ${what} {bar} {value}/{total}`, hideCursor: true, stream: process.stderr, barsize: 30 },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total, done);
      started = true;
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => void (started && bar.stop()),
  };
}

function progressLines(what: string): Progress {
  let tenth = -1;
  return {
    update(done, total) {
      const now = total === 0 ? 0 : Math.floor((done / total) * 10);
      if (now <= tenth) return;
      tenth = now;
      note(`  ${what} ${done}/${total}`);
    },
    stop: () => undefined,
  };
}

/** Whom a freeze left out, "left out: 12 paused for a while"; "" where nobody was. */
export const sayLeftOut = (leftOut: unknown): string => {
  const said = leftOutWords(leftOut).map(({ people, words }) => `${people.toLocaleString("en-GB")} ${words}`);
  return said.length === 0 ? "" : `left out: ${said.join(", ")}`;
};

/** One plain sentence, then every fault on a line of its own. */
export function explain(error: unknown): string {
  if (error instanceof DomainError)
    return [error.message, ...error.faults.map((fault) => `  - ${fault}`)].join("\n");
  if (error instanceof IllegalMove) return error.message;
  const { message, code } = error as { message?: string; code?: string };
  if (code === "ENOENT")
    return `There is no file ${(error as { path?: string }).path ?? ""}. Check the name and the folder.`;
  if (code === "EACCES")
    return `The file ${(error as { path?: string }).path ?? ""} may not be read. Check its rights.`;
  if (code === "EADDRINUSE")
    return `Port ${(error as { port?: number }).port ?? ""} is in use by another program. Stop it, or choose another with PORT=3001 npm start.`;
  return `Something went wrong inside Bellman: ${message ?? String(error)}. Nothing that was recorded is lost. Run again with LOG_LEVEL=debug to see where.`;
}
