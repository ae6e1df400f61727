// Somebody asks to join: what they may choose from, what is wrong with what they said, and the sign-up that waits for their confirmation.
import { LETTERS_A_DAY, SIGN_UP_DAYS } from "../../config/audience-limits.ts";
import { readAddress } from "../domain/address.ts";
import { ownAddressFault } from "../domain/own-address.ts";
import type { ListRow } from "../store/lists.ts";
import type { Store } from "../store/store.ts";
import { sealInterests } from "./sealed-topic.ts";
import { emailHash } from "./stop-token.ts";

/** Children's lists and lists about personal subjects have a page of their own, and are never asked for together with others (LAW6, LAW8). */
export const JOIN_PAGES = ["ordinary", "young", "private"] as const;
export type JoinPage = (typeof JOIN_PAGES)[number];

export interface JoinDeps {
  readonly store: Pick<Store, "partnership" | "signUps">;
  readonly secret: string;
  readonly settings: OwnAddresses;
  readonly listNames: {
    readonly open: (list: { readonly key: string; readonly name: string }) => string;
    readonly openWords: (words: { readonly key: string; readonly text: string }) => string;
  };
}
export interface Named {
  readonly key: string;
  readonly name: string;
}
export interface Offer {
  /** Their names open. */
  readonly lists: readonly ListRow[];
  readonly groups: readonly Named[];
  readonly interests: readonly Named[];
  readonly areas: readonly { readonly code: string; readonly name: string }[];
}
export interface JoinRequest {
  readonly email: string;
  readonly firstName: string;
  readonly postcode: string;
  readonly areaCode: string;
  readonly lists: readonly string[];
  readonly groups: readonly string[];
  readonly interests: readonly string[];
  readonly language: string;
  readonly format: "html" | "plain";
  /** Self-declared; asked on the page for young people only. */
  readonly ageBand: string;
}
export interface JoinFault {
  readonly field: "email" | "postcode" | "lists" | "ageBand";
  readonly text: string;
}

const belongs = (page: JoinPage, { kind, sensitive, open }: ListRow): boolean => {
  if (!open || kind === "internal") return false;
  if (kind === "youth") return page === "young";
  return page === (sensitive ? "private" : "ordinary");
};

/** What a page offers. Sensitive interests are named on the private page only. */
export async function offerOf({ store, listNames }: JoinDeps, page: JoinPage): Promise<Offer> {
  const { lists, groups, interests, areas } = await store.partnership.read();
  return {
    lists: lists
      .filter((list) => belongs(page, list))
      .map((list) => ({
        ...{ ...list, name: listNames.open(list) },
        wording: { ...list.wording, text: listNames.openWords({ key: list.key, text: list.wording.text }) },
      })),
    groups: page === "ordinary" ? groups : [],
    interests: page === "young" ? [] : interests.filter((one) => one.sensitive === (page === "private")),
    areas: areas.filter(({ kind }) => kind === "ward"),
  };
}

/**
 * Keeps the sign-up and has the confirming letter sent. The answer is the same whether we know the address or not, it is
 * suppressed, or it had its letters for today. Faults are of what was typed, never of who it is.
 */
export async function join(
  deps: JoinDeps,
  page: JoinPage,
  asked: JoinRequest,
): Promise<readonly JoinFault[]> {
  const { store, secret } = deps;
  const offer = await offerOf(deps, page);
  const lists = offer.lists.filter(({ key }) => asked.lists.includes(key));
  const read = readAddress(asked.email);
  const area = await placeOf(deps, asked, offer);
  const faults = [
    ...addressFault(read, deps.settings),
    ...ageFault(page, asked.ageBand),
    ...(lists.length > 0 ? [] : [fault("lists", "Choose at least one list")]),
    ...(area === "unknown" ? [fault("postcode", UNKNOWN_POSTCODE)] : []),
  ];
  if (faults.length > 0 || !read.ok) return faults;
  await store.signUps.ask({
    ...{ email: read.address, emailHash: emailHash(secret, read.address) },
    ...{ lists: lists.map(({ key }) => key), source: "join page" },
    ...{ days: SIGN_UP_DAYS, lettersADay: LETTERS_A_DAY },
    answers: {
      ...answersOf(secret, page, asked, offer),
      areaCode: area,
      wordings: Object.fromEntries(lists.map(({ key, wording }) => [key, wording.version])),
    },
  });
  return [];
}

/** Nothing is kept that the page did not offer. */
function answersOf(secret: string, page: JoinPage, asked: JoinRequest, { groups, interests }: Offer) {
  const known = (given: readonly string[], offered: readonly Named[]) =>
    offered.map(({ key }) => key).filter((key) => given.includes(key));
  const chosen = known(asked.interests, interests);
  return {
    firstName: asked.firstName.trim() || null,
    groups: known(asked.groups, groups),
    interests: page === "private" ? sealInterests(secret, chosen, new Set(chosen)) : chosen,
    ...{ language: asked.language, format: asked.format },
    ageBand: page === "young" ? asked.ageBand : "adult",
  };
}

/** The ward a postcode lies in, else the one that was chosen; null: they would rather not say. */
async function placeOf(
  { store }: JoinDeps,
  { postcode, areaCode }: JoinRequest,
  { areas }: Offer,
): Promise<string | null> {
  if (postcode.trim() === "") return areas.find(({ code }) => code === areaCode)?.code ?? null;
  const spelled = spellings(postcode);
  return (spelled.length > 0 ? await store.signUps.areaOf(spelled) : null) ?? "unknown";
}

const UNKNOWN_POSTCODE = "We do not know this postcode. Check it, or choose your ward instead";
const fault = (field: JoinFault["field"], text: string): JoinFault => ({ field, text });

interface OwnAddresses {
  readonly mailFrom: string;
  readonly bounceAddress?: string | undefined;
}
function addressFault(
  read: ReturnType<typeof readAddress>,
  { mailFrom, bounceAddress }: OwnAddresses,
): JoinFault[] {
  const why = read.ok ? ownAddressFault(read.address, mailFrom, bounceAddress) : read.why;
  if (why === null) return [];
  return [fault("email", why === "is empty" ? "Enter your email address" : `The email address ${why}`)];
}

/** UK GDPR Article 8: from 13 a person agrees for themselves. */
function ageFault(page: JoinPage, ageBand: string): JoinFault[] {
  if (page !== "young" || ageBand === "13-17") return [];
  if (ageBand === "under-13")
    return [fault("ageBand", "You can join from 13. Ask a parent or carer to join our other lists for you")];
  return [
    fault(
      "ageBand",
      ageBand === "adult"
        ? "This list is for people under 18. Our other lists are for you"
        : "Choose your age",
    ),
  ];
}

/** As it may stand in the table, with its space and without. Never kept. */
function spellings(text: string): string[] {
  const whole = text.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return whole.length < 5 || whole.length > 7 ? [] : [whole, `${whole.slice(0, -3)} ${whole.slice(-3)}`];
}
