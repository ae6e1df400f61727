// Reads a campaign file, written out or taken from the library, and lists every fault of it at once.
import { parse } from "yaml";
import { campaignFaults, type Known } from "../domain/campaign-check.ts";
import { takeFrom, takenFile, type WrittenCampaign, writtenFile } from "../domain/campaign-file.ts";
import { DomainError } from "../domain/errors.ts";
import { readYaml, type Fault } from "../lib/yaml-file.ts";
import type { Library } from "./library.ts";

export interface ReadCampaign {
  readonly campaign: WrittenCampaign;
  readonly libraryKey: string | null;
}

/** Throws DomainError "file-has-faults" with all of them; nothing is stored by reading. */
export function readCampaign(text: string, name: string, library: Library, known: Known): ReadCampaign {
  const within = (faults: readonly Fault[]) =>
    faults.map((fault) => ({ ...fault, path: ["campaign", ...fault.path] }));
  const fromLibrary = isTaken(text);
  const read = fromLibrary
    ? readYaml(text, takenFile, ({ campaign }) => {
        const message = library.message(campaign.library);
        if (message) return within(campaignFaults(takeFrom(message, campaign), known));
        const have = library.messages().map((one) => one.key);
        return [
          {
            path: ["campaign", "library"],
            message: `there is no message "${campaign.library}" (known: ${have.join(", ")})`,
          },
        ];
      })
    : readYaml(text, writtenFile, ({ campaign }) => within(campaignFaults(campaign, known)));
  if (!read.ok)
    throw new DomainError(
      "file-has-faults",
      `${name} has ${read.faults.length} fault(s); nothing was stored.`,
      read.faults,
    );

  const { campaign } = read.value;
  if (!("library" in campaign)) return { campaign, libraryKey: null };
  const message = library.message(campaign.library);
  if (!message) throw new Error(`the library lost ${campaign.library}`);
  return { campaign: takeFrom(message, campaign), libraryKey: campaign.library };
}

/** Whether the file says `library:`; a file that cannot be parsed is left to readYaml to explain. */
function isTaken(text: string): boolean {
  try {
    const plain = parse(text, { maxAliasCount: 10 }) as { campaign?: { library?: unknown } } | null;
    return plain?.campaign?.library !== undefined;
  } catch {
    return false;
  }
}
