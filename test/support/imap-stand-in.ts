// A mailbox on loopback that speaks as much IMAP4rev1 as reading reports takes, and can lose a message or refuse the second folder.
import { createServer, type Socket } from "node:net";
import { loopback } from "./loopback.ts";

interface Kept {
  readonly uid: number;
  readonly bytes: Buffer;
  readonly flags: Set<string>;
}
export interface Mailbox {
  readonly url: (password?: string) => string;
  readonly put: (bytes: Buffer) => number;
  /** A message the server itself cannot give out any more. */
  readonly lose: (uid: number) => void;
  readonly allowFolders: (allowed: boolean) => void;
  readonly inbox: () => readonly Kept[];
  readonly moved: () => readonly number[];
  readonly stop: () => Promise<void>;
}

export async function imapStandIn(): Promise<Mailbox> {
  let inbox: Kept[] = [];
  const moved: number[] = [];
  const lost = new Set<number>();
  let folders = true;
  let next = 1;
  const chosen = (set: string): Kept[] => {
    const spans = set.split(",").map((one) => one.split(":").map(Number));
    return inbox.filter(({ uid }) => spans.some(([from = 0, to = from]) => uid >= from && uid <= to));
  };
  const commands: Record<string, (words: readonly string[], say: Say) => string> = {
    CAPABILITY: (_words, say) => (say("* CAPABILITY IMAP4rev1 MOVE UIDPLUS"), "OK done"),
    LOGIN: ([, password]) =>
      password === '"right"' || password === "right" ? "OK in" : "NO [AUTHENTICATIONFAILED] no",
    LIST: (_words, say) => (say('* LIST (\\HasNoChildren) "/" "INBOX"'), "OK done"),
    LSUB: () => "OK done",
    CREATE: () => (folders ? "OK made" : "NO may not"),
    SELECT: (_words, say) => {
      say(`* ${inbox.length} EXISTS`, "* 0 RECENT", "* FLAGS (\\Seen \\Flagged \\Deleted)");
      say(
        "* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted \\*)] any",
        "* OK [UIDVALIDITY 1] v",
        `* OK [UIDNEXT ${next}] n`,
      );
      return "OK [READ-WRITE] open";
    },
    NOOP: () => "OK",
    LOGOUT: (_words, say) => (say("* BYE"), "OK bye"),
    "UID SEARCH": (_words, say) => {
      const found = inbox.filter(({ flags }) => !flags.has("\\Flagged"));
      say(`* SEARCH ${found.map(({ uid }) => uid).join(" ")}`.trimEnd());
      return "OK done";
    },
    "UID FETCH": ([set = ""], say) => {
      for (const { uid, bytes } of chosen(set)) {
        if (lost.has(uid)) return "NO it cannot be read";
        say(`* ${uid} FETCH (UID ${uid} BODY[]<0> {${bytes.length}}\r\n${bytes.toString("latin1")})`);
      }
      return "OK done";
    },
    "UID STORE": (words) => {
      const given = /\(([^)]*)\)/.exec(words.join(" "))?.[1]?.split(" ") ?? [];
      for (const one of chosen(words[0] ?? "")) for (const name of given) one.flags.add(name);
      return "OK done";
    },
    "UID MOVE": ([set = ""]) => {
      if (!folders) return "NO [TRYCREATE] no such folder";
      const going = chosen(set).map(({ uid }) => uid);
      moved.push(...going);
      inbox = inbox.filter(({ uid }) => !going.includes(uid));
      return "OK [COPYUID 2 1 1] moved";
    },
  };
  const server = await loopback(createServer((socket) => serve(socket, commands)));
  return {
    url: (password = "right") => `imap://reports:${password}@127.0.0.1:${server.port()}/INBOX`,
    put: (bytes) => (inbox.push({ uid: next, bytes, flags: new Set() }), next++),
    lose: (uid) => void lost.add(uid),
    allowFolders: (allowed) => void (folders = allowed),
    inbox: () => inbox,
    moved: () => moved,
    stop: () => server.leave(),
  };
}

type Say = (...lines: readonly string[]) => void;

function serve(
  socket: Socket,
  commands: Record<string, (words: readonly string[], say: Say) => string>,
): void {
  const say: Say = (...lines) => void socket.write(lines.map((line) => `${line}\r\n`).join(""), "latin1");
  let waiting = "";
  say("* OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] stand-in");
  socket
    .on("error", () => undefined)
    .on("data", (chunk) => {
      waiting += chunk.toString("latin1");
      for (let end = waiting.indexOf("\r\n"); end >= 0; end = waiting.indexOf("\r\n")) {
        const [tag = "*", first = "", ...words] = waiting.slice(0, end).split(" ");
        waiting = waiting.slice(end + 2);
        const name =
          first.toUpperCase() === "UID" ? `UID ${words.shift()?.toUpperCase() ?? ""}` : first.toUpperCase();
        say(`${tag} ${commands[name]?.(words, say) ?? "BAD not known here"}`);
        if (name === "LOGOUT") socket.end();
      }
    });
}
