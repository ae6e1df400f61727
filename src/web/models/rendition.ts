// A rendition made ready to be looked at: slots filled with an invented reader, addresses turned to this site.
import type { Issue } from "../../domain/issue.ts";
import { escapeHtml, prepare, type SlotValues } from "../../domain/slots.ts";
import { renderWanted } from "../../render/issue.ts";
import type { Rendered } from "../../render/types.ts";
import type { WebDeps } from "../web-deps.ts";

export type RenditionRow = NonNullable<Awaited<ReturnType<WebDeps["store"]["pages"]["rendition"]>>>;

/** Nobody real. The link is shaped like one of ours and stops nobody. */
const sampleReader = (publicUrl: string): SlotValues => ({
  first_name: "Sam",
  ward: "your area",
  unsubscribe_url: `${publicUrl}/stop/sample`,
  preferences_url: `${publicUrl}/preferences/sample`,
});

/**
 * The finished body; before it is made, what the frozen version gives, which is what will be made. Null for a draft:
 * its words may still change.
 */
export async function renderedOf(
  { store, library }: Pick<WebDeps, "store" | "library">,
  row: RenditionRow,
): Promise<Rendered | null> {
  if (row.body !== null) return row.body as unknown as Rendered;
  const { contentHash } = row.communication;
  const version = contentHash === null ? null : await store.plan.version(contentHash);
  if (!version) return null;
  const { rendered } = await renderWanted(JSON.parse(version.body) as Issue, row, (language) =>
    library.labels(language),
  );
  return rendered;
}

export interface SampleEmail {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

/** The email as one invented reader gets it. */
export function sampleEmail({ subject, preheader, html, text }: SampleEmail, publicUrl: string): SampleEmail {
  const values = sampleReader(publicUrl);
  const fill = (part: string, escape?: typeof escapeHtml): string => {
    const filled = prepare(part).fill(values, escape);
    return filled.ok ? filled.text : part;
  };
  return {
    subject: fill(subject),
    preheader: fill(preheader),
    html: fill(html, escapeHtml),
    text: fill(text),
  };
}
