// Which texts are an address that a person may be written to, and when two of them are the same person (H5, H7, H17-H28). Pure.
import { domainToASCII } from "node:url";
import { remembering } from "./remembering.ts";

/** RFC 5321 4.5.3.1: octets before the "@", in all, and in one part of a domain (RFC 1035). */
const MOST = { local: 64, whole: 254, label: 63 } as const;
/** Dot-atom only, by policy: quoted parts, comments and routes are how one address is read as two (H21). */
const ATOM = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u;
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** Control, invisible and direction characters (H5). */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
/** What a mail program reads as a second address, a group, a name or a header (H17-H20). */
const SIGNS = /[\s"(),:;<>@[\\\]]/u;
/** In a domain also what the WHATWG host setter behind domainToASCII stops at or decodes: the rest would be lost (H21, H25). */
const BEYOND = /[/?#%]/;
/** Names that never lead to somebody outside (RFC 2606, RFC 6761, RFC 6762, ICANN's .internal): a message there could reach a machine of ours. */
const INSIDE = new Set([
  "localhost",
  "local",
  "internal",
  "invalid",
  "test",
  "onion",
  "arpa",
  "home",
  "lan",
  "corp",
]);
const NOTHING = new Set(["", "null", "undefined", "n/a", "none", "-"]);
/** RFC 2142 and the like: read by several people or by nobody in particular, so nobody of them can have agreed (H16). */
const ROLE =
  /^(info|admin|administrator|office|enquiries|contact|sales|support|help|police|team|webmaster|postmaster|hostmaster|abuse|noreply|no-reply|reception|hello|mail|root)$/;

export type Flag = "role" | "mixed-script" | "unicode-local";
export type Address =
  | {
      readonly ok: true;
      /** As typed before the "@"; the domain in small letters. */
      readonly address: string;
      /** Equal for the same person: all small, domain in ASCII. Dots and "+tags" stay, as only some hosts ignore them. */
      readonly key: string;
      /** Worth a second look; never a reason to refuse. `unicode-local` needs a relay that knows SMTPUTF8 (H23). */
      readonly flags: readonly Flag[];
    }
  | {
      readonly ok: false;
      /** The end of a sentence that begins with the column's name; holds nothing of the text itself. */
      readonly why: string;
    };

/** Reads one cell or field. Space around it, also a no-break space, is nobody's fault and is taken off. */
export function readAddress(text: string): Address {
  if (PLAIN.test(text) && text.length <= MOST.whole) return readPlain(text);
  const typed = text.replace(/^[\s\u00a0\ufeff]+|[\s\u00a0\ufeff]+$/gu, "").normalize("NFC");
  const at = typed.lastIndexOf("@");
  const [local, domain] = [typed.slice(0, Math.max(at, 0)), typed.slice(at + 1)];
  const why = wholeFault(typed) ?? localFault(local) ?? domainOf(domain).why;
  if (why !== null) return { ok: false, why };
  const { ascii, mixed } = domainOf(domain);
  const flags = flagsOf(ROLE.test(local.toLowerCase()), mixed || isMixed(local), !isAscii(local));
  return {
    ...{ ok: true, flags },
    address: `${local}@${domain.toLowerCase()}`,
    key: `${local.toLowerCase()}@${ascii.toLowerCase()}`,
  };
}

/** Nearly every address there is: of it only the length and the domain have to be looked at. A million of them are read in one go. */
const PLAIN = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9.-]+$/i;

function readPlain(text: string): Address {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at).toLowerCase();
  const { why, ascii, mixed } = domainOf(text.slice(at + 1));
  if (at > MOST.local || local.includes("=?")) return { ok: false, why: localFault(text.slice(0, at)) ?? "" };
  if (why !== null) return { ok: false, why };
  return {
    ...{ ok: true, flags: flagsOf(ROLE.test(local), mixed, false) },
    address: `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}`,
    key: `${local}@${ascii.toLowerCase()}`,
  };
}

const NO_FLAGS: readonly Flag[] = [];
const flagsOf = (role: boolean, mixed: boolean, unicode: boolean): readonly Flag[] =>
  role || mixed || unicode
    ? [
        ...(role ? (["role"] as const) : []),
        ...(mixed ? (["mixed-script"] as const) : []),
        ...(unicode ? (["unicode-local"] as const) : []),
      ]
    : NO_FLAGS;

/** The key of an address that was read before; for any other text, the text itself in small letters. */
export function addressKey(text: string): string {
  const read = readAddress(text);
  return read.ok ? read.key : text.trim().toLowerCase();
}

function wholeFault(typed: string): string | null {
  if (NOTHING.has(typed.toLowerCase())) return "is empty";
  if (UNSEEN.test(typed)) return "holds a character that cannot be seen";
  if (!typed.includes("@")) return 'has no "@"';
  if (Buffer.byteLength(typed) > MOST.whole) return `is longer than ${MOST.whole} characters`;
  // One word of its own for what is most often pasted: a list, a name with an address.
  if (/[,;]/.test(typed)) return "must be one address, not several";
  return /[<>"]/.test(typed)
    ? 'must be a plain address such as ann@example.org, without a name, quotes or "<"'
    : null;
}

function localFault(local: string): string | null {
  if (local === "") return 'has nothing before the "@"';
  if (Buffer.byteLength(local) > MOST.local) return `has more than ${MOST.local} characters before the "@"`;
  if (SIGNS.test(local) || local.includes("=?"))
    return 'has a character before the "@" that is not allowed there';
  return local.split(".").every((atom) => ATOM.test(atom))
    ? null
    : 'has a full stop or a character before the "@" that is not allowed there';
}

/** Few domains hold most of a list. */
const domainOf = remembering(5_000, (domain: string) => ({
  why: domainFault(domain),
  ascii: domainToASCII(domain),
  mixed: domain.split(".").some(isMixed),
}));

function domainFault(domain: string): string | null {
  if (SIGNS.test(domain) || BEYOND.test(domain))
    return 'has a character after the "@" that is not allowed there';
  const ascii = domainToASCII(domain);
  const labels = ascii.split(".");
  if (ascii === "" || labels.some((label) => label.length > MOST.label || !LABEL.test(label)))
    return 'has no proper domain after the "@"';
  const last = labels.at(-1) ?? "";
  if (labels.length < 2 || /^\d+$/.test(last)) return 'needs a domain such as example.org after the "@"';
  return INSIDE.has(last) ? "is on a domain that leads to nobody outside" : null;
}

const isAscii = (text: string): boolean => /^[!-~]*$/.test(text);

/** Letters of two scripts in one word: how a look-alike of a known name is made (H24). Japanese mixes its own by nature. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];
const isMixed = (word: string): boolean =>
  !isAscii(word) && SCRIPTS.filter((script) => script.test(word)).length > 1;
