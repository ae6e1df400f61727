// A mail server that keeps what it receives and sends nothing on: the outside world of one-machine use. Uses no database.
import { join } from "node:path";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { codeOf, prepareFolder } from "./data-folder.ts";
import { type Answer, listen, serveJson } from "./http-json.ts";
import { type SinkEntry } from "./mail-generation.ts";
import { readHeader } from "./mail-header.ts";
import { type MailStore, openMailStore, type SinkPage } from "./mail-store.ts";

export type { SinkEntry } from "./mail-generation.ts";

export interface MailSink {
  readonly smtpUrl: string;
  /** GET with `?messageId=<…>`: 200 and the entry, or 404. Answers "did you take it?" for a sender killed in flight. */
  readonly lookupUrl: string;
  readonly count: () => number;
  /** Newest first. */
  readonly list: (page: SinkPage) => SinkEntry[];
  /** The message's bytes as they came. */
  readonly read: (id: number) => Promise<Buffer | null>;
  /** The newest message with that Message-ID. */
  readonly find: (messageId: string) => SinkEntry | null;
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface MailSinkOptions {
  /** The folder for its files; they are put into `mail` in it. */
  readonly dir: string;
  readonly host?: string;
  /** 0 means any free port. */
  readonly port?: number;
  readonly lookupPort?: number;
  /** How many messages to keep at most. */
  readonly keep?: number;
  /** Also wait for the disk before saying yes: survives a power cut, not only kill -9. */
  readonly durable?: boolean;
}

/** The largest message taken. Bytes; generous beside the 25 MB most relays allow. */
const LARGEST = 50_000_000;

/** Starts the sink. A message is in the files before its sender reads "250". Throws `data-folder-not-writable`. */
export async function startMailSink(options: MailSinkOptions): Promise<MailSink> {
  const { host = "127.0.0.1", port = 0, lookupPort = 0, keep = 100_000, durable = false } = options;
  const store = await openMailStore(prepareFolder(join(options.dir, "mail")), keep, durable);
  const server = smtpServer(store);
  const smtpPort = await listen(server.server, host, port);
  server.on("error", () => undefined); // a client that went away in mid-sentence is its own trouble
  const lookup = await serveJson(host, lookupPort, (_request, url) => Promise.resolve(lookUp(store, url)));
  return {
    smtpUrl: `smtp://${host}:${smtpPort}`,
    lookupUrl: `${lookup.url}/messages`,
    count: store.count,
    list: store.list,
    read: store.read,
    find: (messageId) => store.find(bracketed(messageId)),
    clear: store.clear,
    stop: async () => {
      await lookup.stop();
      await new Promise<void>((done) => server.close(done));
      await store.close();
    },
  };
}

function smtpServer(store: MailStore): SMTPServer {
  return new SMTPServer({
    banner: "Bellman sandbox: keeps every message, sends none",
    disabledCommands: ["AUTH", "STARTTLS"],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: LARGEST,
    closeTimeout: 1000,
    onData: (stream, session, answer) => {
      receive(store, stream, session).then(
        (entry) => answer(null, `kept as number ${entry.id}`),
        (fault: unknown) => answer(refusal(fault)),
      );
    },
  });
}

async function receive(
  store: MailStore,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<SinkEntry> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) if (!stream.sizeExceeded) parts.push(part);
  if (stream.sizeExceeded)
    throw Object.assign(new Error("larger than this sandbox takes"), { responseCode: 552 });
  const body = Buffer.concat(parts);
  const { messageId, from, subject } = readHeader(body);
  const { mailFrom, rcptTo } = session.envelope;
  return store.add({
    messageId,
    from: from || (mailFrom ? mailFrom.address : ""),
    to: rcptTo.map((one) => one.address).join(", "),
    subject,
    receivedAt: new Date().toISOString(),
    body,
  });
}

/** 452: the disk is full. 451: anything else of ours. Both ask the sender to try again later. */
function refusal(fault: unknown): Error {
  if ((fault as { responseCode?: number }).responseCode) return fault as Error;
  const [responseCode, text] =
    codeOf(fault) === "ENOSPC" ? [452, "the disk is full"] : [451, "could not be written down"];
  return Object.assign(new Error(text), { responseCode });
}

function lookUp(store: MailStore, url: URL): Answer {
  const entry = store.find(bracketed(url.searchParams.get("messageId") ?? ""));
  return entry
    ? { status: 200, body: entry }
    : { status: 404, body: { problem: "No message of that Message-ID was taken." } };
}

/** Message-IDs are written with and without their angle brackets. */
const bracketed = (messageId: string): string => `<${messageId.trim().replace(/^<|>$/g, "")}>`;
