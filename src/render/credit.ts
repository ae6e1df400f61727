// Who speaks: the lead agency, and the others where there are any. Shared by email, article and text.
import { listNames, say } from "./labels.ts";
import { type Frame } from "./types.ts";

/** "Issued by A", then "In partnership with B and C" where two agencies or more contribute. Not escaped. */
export function creditLines({ leadAgency, contributing, labels }: Frame): readonly string[] {
  const others = [...new Set(contributing.map((agency) => agency.name))].filter(
    (name) => name !== leadAgency.name,
  );
  const issued = say(labels.issued_by, "name", leadAgency.name);
  return others.length === 0
    ? [issued]
    : [issued, say(labels.credit, "names", listNames(others, labels.and))];
}
