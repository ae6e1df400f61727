// The mailbox that reports come back to, over IMAP: what was taken in is moved aside, what nobody can read is left there with a flag.
import { ImapFlow } from "imapflow";
import { IMAP_MS, REPORT_BATCH, REPORT_LIMITS } from "../../../config/audience-limits.ts";
import { DomainError } from "../../domain/errors.ts";
import { takeIn, type TakeDeps } from "./take.ts";
import { added, NOTHING_TAKEN } from "./totals.ts";

/** Our own trouble, told apart from the mailbox's. */
class NotTaken extends Error {}

/** Beside the mailbox itself, made when it is first needed. */
const HANDLED = "Bellman-handled";

/**
 * Takes in everything in the mailbox that has no flag. Moved only after it is kept: a kill in between costs a second look, which counts
 * nothing twice. Throws DomainError "bounce-mailbox" in words without address, name or password.
 */
export async function fetchReports(
  deps: TakeDeps,
  imapUrl: string | undefined,
): Promise<typeof NOTHING_TAKEN> {
  if (imapUrl === undefined)
    throw new DomainError(
      "bounce-mailbox",
      "There is no mailbox to look into: set BOUNCE_IMAP_URL, or pipe what comes back to: bellman bounces read",
    );
  const url = new URL(imapUrl);
  const client = clientFor(url);
  let broken: unknown = null;
  client.on("error", (error: unknown) => (broken ??= error)); // without a listener it would end the process
  try {
    await client.connect();
    return await fetchAll(deps, client, mailboxOf(url));
  } catch (error) {
    if (error instanceof NotTaken) throw error.cause;
    throw new DomainError(
      "bounce-mailbox",
      `The mailbox of BOUNCE_IMAP_URL (${url.host}) cannot be used: ${why(broken ?? error)}.`,
    );
  } finally {
    await client.logout().catch(() => client.close());
  }
}

const mailboxOf = ({ pathname }: URL): string => decodeURIComponent(pathname.slice(1)) || "INBOX";

function clientFor(url: URL): ImapFlow {
  const secure = url.protocol === "imaps:";
  const isHere = /^(127\.|localhost$|\[::1\]$)/.test(url.hostname);
  return new ImapFlow({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    // A password goes over no open line but one inside this machine.
    ...(secure || isHere ? {} : { doSTARTTLS: true }),
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false,
    disableAutoIdle: true,
    ...{ connectionTimeout: IMAP_MS, greetingTimeout: IMAP_MS, socketTimeout: IMAP_MS },
  });
}

async function fetchAll(deps: TakeDeps, client: ImapFlow, mailbox: string): Promise<typeof NOTHING_TAKEN> {
  let totals = NOTHING_TAKEN;
  const lock = await client.getMailboxLock(mailbox);
  try {
    const found = (await client.search({ flagged: false, deleted: false }, { uid: true })) || [];
    for (let from = 0; from < found.length; from += REPORT_BATCH) {
      const uids = found.slice(from, from + REPORT_BATCH);
      totals = added(totals, await takeBatch(deps, client, uids));
    }
  } finally {
    lock.release();
  }
  return totals;
}

async function takeBatch(deps: TakeDeps, client: ImapFlow, uids: readonly number[]) {
  const messages: { readonly uid: number; readonly bytes: Buffer }[] = [];
  for (const uid of uids) {
    // One by one: a single message the server cannot give out must not keep the others back.
    const found = await client
      .fetchOne(String(uid), { source: { start: 0, maxLength: REPORT_LIMITS.bytes } }, { uid: true })
      .catch((error: unknown) => {
        if (!client.usable) throw error;
        return false as const;
      });
    messages.push({ uid, bytes: (found && found.source) || Buffer.alloc(0) });
  }
  const taken = await takeIn(deps, messages).catch((cause: unknown) => {
    throw new NotTaken("not taken in", { cause });
  });
  const left = new Set(taken.left);
  const uidsOf = (wanted: boolean) =>
    messages.filter((_, place) => left.has(place) === wanted).map(({ uid }) => uid);
  await flag(client, uidsOf(true));
  await moveAside(client, uidsOf(false));
  return taken;
}

async function flag(client: ImapFlow, uids: readonly number[]): Promise<void> {
  if (uids.length > 0) await client.messageFlagsAdd(uids.join(","), ["\\Flagged"], { uid: true });
}

/** Where there is no second folder to be had, a flag does as well: neither is read again. */
async function moveAside(client: ImapFlow, uids: readonly number[]): Promise<void> {
  if (uids.length === 0) return;
  await client.mailboxCreate(HANDLED).catch(() => undefined); // it is there already, or may not be made
  const moved = await client.messageMove(uids.join(","), HANDLED, { uid: true }).catch(() => false as const);
  if (!moved) await client.messageFlagsAdd(uids.join(","), ["\\Seen", "\\Flagged"], { uid: true });
}

/** The server's own words may hold a name: only what kind of trouble it is. */
function why(error: unknown): string {
  const { authenticationFailed, code, mailboxMissing } = error as {
    authenticationFailed?: boolean;
    code?: string;
    mailboxMissing?: boolean;
  };
  if (authenticationFailed) return "it did not accept the name and password";
  if (mailboxMissing) return "it has no mailbox of that name";
  return code ? `${code}` : "it ended the conversation";
}
