// Would mail in our name be believed? Looks, keeps what was found, and says before a large release where it would not be (SEC44).
import { BULK_FROM, SENDER_GOOD_MS } from "../../../config/audience-limits.ts";
import type { Finding, Sender } from "../../domain/sender.ts";
import { findingsOf, isFit } from "../../domain/sender-findings.ts";
import type { Store } from "../../store/store.ts";
import { lookUpSender } from "./look-up.ts";

export interface SenderDeps {
  readonly store: Pick<Store, "sender">;
  readonly settings: {
    readonly sending: "sandbox" | "allowlist";
    readonly mailFrom: string;
    readonly bounceAddress: string | undefined;
    readonly dkimSelector: string | undefined;
    readonly dnsServer: string | undefined;
  };
}
export interface Checked {
  readonly domain: string;
  readonly fit: boolean;
  readonly findings: readonly Finding[];
  readonly checkedAt: Date;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

export const senderOf = ({ mailFrom, bounceAddress, dkimSelector }: SenderDeps["settings"]): Sender => ({
  domain: domainOf(mailFrom),
  returnDomain: domainOf(bounceAddress ?? mailFrom),
  selector: dkimSelector ?? null,
});

/** Null in the sandbox: nothing leaves it, also no question. What nobody answered does not replace what was found before. */
export async function checkSender({ store, settings }: SenderDeps): Promise<Checked | null> {
  if (settings.sending === "sandbox") return null;
  const sender = senderOf(settings);
  const findings = findingsOf(sender, await lookUpSender(sender, settings.dnsServer));
  const fit = isFit(findings);
  const isWhole = findings.every(({ rating }) => rating !== "unknown");
  if (isWhole || (await store.sender.last(sender.domain)) === null)
    await store.sender.keep(sender.domain, fit, findings);
  return { domain: sender.domain, fit, findings, checkedAt: new Date() };
}

/** The sentence for whoever must decide, or null: few people, the sandbox, or a domain that receivers believe. */
export async function whyNoBulk(deps: SenderDeps, listKeys: readonly string[]): Promise<string | null> {
  if (deps.settings.sending === "sandbox" || listKeys.length === 0) return null;
  const people = await deps.store.sender.reach(listKeys);
  if (people <= BULK_FROM) return null;
  const { domain } = senderOf(deps.settings);
  const checked = (await lastFit(deps, domain)) ?? (await checkSender(deps));
  if (!checked || checked.fit) return null;
  const wrong = checked.findings.find(({ rating }) => rating === "wrong" || rating === "unknown");
  return `mail to up to ${people.toLocaleString("en-GB")} people in the name of ${domain} would be turned down or not believed: ${wrong?.found ?? ""} Put it right (bellman sender check), or let it go as it is`;
}

/** What was right today need not be asked again; what was wrong may have been put right since. */
async function lastFit(
  { store }: SenderDeps,
  domain: string,
): Promise<{ readonly fit: true; readonly findings: readonly Finding[] } | null> {
  const last = await store.sender.last(domain);
  const isFresh = last !== null && Date.now() - last.checkedAt.getTime() < SENDER_GOOD_MS;
  return last?.fit && isFresh ? { fit: true, findings: last.findings } : null;
}
