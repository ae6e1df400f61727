// Header blocks as reports carry them: "Name: value" lines, folded or not, one group after the other. Never throws; never reads on for ever.
import { REPORT_LIMITS } from "../../../config/audience-limits.ts";

/** Names in small letters; the first of a name counts, as what somebody adds later comes below. */
export type Fields = ReadonlyMap<string, string>;

/** The groups of a text, split at empty lines; no more of them than a report may have. */
export function groupsIn(text: string): Fields[] {
  const blocks = text
    .slice(0, REPORT_LIMITS.fieldsBytes)
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/, REPORT_LIMITS.recipients + 1);
  return blocks.map(fieldsIn).filter((group) => group.size > 0);
}

/** One group; lines that are no field are passed over. */
export function fieldsIn(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of unfolded(block)) {
    const [, name, value = ""] = /^([!-9;-~]{1,80})[ \t]*:(.*)$/s.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key && !fields.has(key)) fields.set(key, value.trim());
  }
  return fields;
}

/** Lines with those that continue them. */
function unfolded(block: string): string[] {
  const lines: string[] = [];
  for (const line of block.split("\n")) {
    if (/^[ \t]/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ""} ${line.trim()}`);
    else lines.push(line);
  }
  return lines;
}

/** "rfc822; ann@example.org" → "ann@example.org", without brackets or comments. */
export function addressIn(value: string | undefined): string | null {
  const text = (value ?? "").replace(/^[^;@]*;/, "").replace(/\([^)]*\)/g, "");
  return /[^\s<>,;:"]{1,256}@[^\s<>,;:"]{1,256}/.exec(text)?.[0] ?? null;
}
