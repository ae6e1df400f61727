// Says where a CPU profile's time went: by package and by function, in per cent of the time the process was busy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}
interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Lines to print for the thread of `folder` that was busiest; others are the loader's. */
export function explainProfile(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  const threads = files.map((file) => readProfile(join(folder, file)));
  const { file, times, total, idle } = threads.sort((a, b) => b.total - a.total)[0] ?? NOTHING;
  const share = (time: number) => `${((time / total) * 100).toFixed(1).padStart(5)} %`;
  const top = (key: (node: Node) => string, most: number) => {
    const sums = new Map<string, number>();
    for (const { node, time } of times) sums.set(key(node), (sums.get(key(node)) ?? 0) + time);
    const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, most);
    return sorted.map(([name, time]) => `  ${share(time)}  ${name}`);
  };
  return [
    `Busy ${(total / 1e6).toFixed(1)} s, idle ${(idle / 1e6).toFixed(1)} s (${file})`,
    "By package:",
    ...top((node) => place(node.callFrame.url) || node.callFrame.functionName, 14),
    "By function:",
    ...top(({ callFrame }) => `${callFrame.functionName || "(anonymous)"}  ${shortName(callFrame)}`, 24),
  ];
}

const NOTHING = { file: "there is no profile", times: [], total: 1, idle: 0 };

/** The time each function took itself, in microseconds, without idling. */
function readProfile(file: string) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const self = new Map<number, number>();
  samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  const all = nodes.map((node) => ({ node, time: self.get(node.id) ?? 0 }));
  const isIdle = ({ node }: { node: Node }) => node.callFrame.functionName === "(idle)";
  const sum = (some: typeof all) => some.reduce((seconds, { time }) => seconds + time, 0);
  const times = all.filter((one) => !isIdle(one));
  return { file, times, total: sum(times), idle: sum(all.filter(isIdle)) };
}

const packageOf = /node_modules\/((?:@[^/]+\/)?[^/]+)/;
const place = (url: string): string =>
  packageOf.exec(url)?.[1] ?? (url.startsWith("node:") ? "node itself" : url === "" ? "" : "ours");
const shortName = ({ url, lineNumber }: Node["callFrame"]): string =>
  url === ""
    ? ""
    : `${url.replace(/^.*node_modules\//, "").replace(/^.*\/(src|bench|workers)\//, "$1/")}:${lineNumber + 1}`;
