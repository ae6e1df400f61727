// Reads a YAML text against a schema and lists every fault at once, each with its line and path. Touches no disk.
import { LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";

export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
export type ReadYaml<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: string[] };

/** Aliases are counted so that a small file cannot unfold into a huge one. */
const MOST_ALIASES = 50;

/**
 * Parses `text`, holds it against `schema`, then asks `check` for faults the schema cannot see (unknown keys of other
 * parts). Faults read "line 12, segments[2].rule.areas[0]: …".
 */
export function readYaml<T>(
  text: string,
  schema: z.ZodType<T>,
  check: (value: T) => readonly Fault[] = () => [],
): ReadYaml<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  if (document.errors.length > 0)
    return {
      ok: false,
      faults: document.errors.map((e) => `line ${lines.linePos(e.pos[0]).line}: ${sentence(e.message)}`),
    };

  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    return { ok: false, faults: [`The file unfolds too far: ${(error as Error).message}.`] };
  }
  const parsed = schema.safeParse(plain);
  const faults = parsed.success
    ? check(parsed.data)
    : [...parsed.error.issues.flatMap(unfold), ...faultsOfTheRest(schema, plain, check)];
  if (parsed.success && faults.length === 0) return { ok: true, value: parsed.data };
  return { ok: false, faults: faults.map((fault) => describe(document, lines, fault)) };
}

/** What `check` finds in the parts that are well-shaped, so that a reader gets all faults in one go and not in two. */
function faultsOfTheRest<T>(schema: z.ZodType<T>, plain: unknown, check: (value: T) => readonly Fault[]) {
  try {
    return check(wellShaped(schema, plain) as T);
  } catch {
    // A part that `check` needs is itself at fault; its fault is listed already.
    return [];
  }
}

/** The value without its ill-shaped fields. */
function wellShaped(schema: z.ZodType, plain: unknown): unknown {
  const parsed = schema.safeParse(plain);
  if (parsed.success) return parsed.data;
  if (!(schema instanceof z.ZodObject) || typeof plain !== "object" || plain === null) return undefined;
  const fields = Object.entries(schema.shape) as [string, z.ZodType][];
  return Object.fromEntries(
    fields.map(([name, field]) => [name, wellShaped(field, (plain as Record<string, unknown>)[name])]),
  );
}

/** A union reports "invalid input"; the faults of its nearest branch say more. An unknown word is reported at its own place. */
export function unfold(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((name) => ({
      path: [...path, name],
      message: `"${name}" is not a word this file knows`,
    }));
  if (issue.code === "invalid_union") {
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    const inside = nearest.flatMap(unfold).map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
    return inside.length > 0 ? inside : [{ path, message: issue.message }];
  }
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return [{ path, message: missing ? "this is missing" : issue.message }];
}

function describe(document: Document.Parsed, lines: LineCounter, { path, message }: Fault): string {
  const line = lineOf(document, lines, path);
  const place = path.reduce<string>(
    (said, step) => (typeof step === "number" ? `${said}[${step}]` : said ? `${said}.${step}` : step),
    "",
  );
  return `line ${line}${place ? `, ${place}` : ""}: ${sentence(message)}`;
}

/** The line of the node at `path`, or of the nearest part of it that is there. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);
