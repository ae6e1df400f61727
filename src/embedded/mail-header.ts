// Reads the few header fields a person wants to see of a message: RFC 5322 folding, RFC 2047 encoded words. Pure.

/** How much of a message is searched for its header. Bytes. */
const HEADER_LIMIT = 65_536;
const BLANK_LINE = Buffer.from("\r\n\r\n");

export interface MailHeader {
  /** With its angle brackets, or "". */
  readonly messageId: string;
  readonly from: string;
  readonly subject: string;
}

export function readHeader(message: Buffer): MailHeader {
  const end = message.subarray(0, HEADER_LIMIT).indexOf(BLANK_LINE);
  const header = message.toString("utf8", 0, end === -1 ? Math.min(message.length, HEADER_LIMIT) : end);
  return {
    messageId: field(header, "message-id").replace(/\s/g, ""),
    from: decodeWords(field(header, "from")),
    subject: decodeWords(field(header, "subject")),
  };
}

/** The first field of that name, unfolded: a line that starts with a space or tab goes on with the one before. */
function field(header: string, name: string): string {
  const found = new RegExp(`(?:^|\\n)${name}[ \\t]*:((?:[^\\n]|\\n[ \\t])*)`, "i").exec(header);
  return (found?.[1] ?? "")
    .replace(/\r?\n(?=[ \t])/g, "")
    .replace(/\t/g, " ")
    .trim();
}

const WORD = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi;

/** Decodes `=?utf-8?Q?…?=`. Neighbouring words are joined as bytes first: a letter may be cut across two of them. */
export function decodeWords(text: string): string {
  let out = "";
  let at = 0;
  let run: { charset: string; parts: Buffer[] } | null = null;
  for (const word of text.matchAll(WORD)) {
    const [whole, charset = "", kind = "", body = ""] = word;
    const between = text.slice(at, word.index);
    const next = charset.toLowerCase();
    if (!run || between.trim() !== "") {
      out += decoded(run) + between;
      run = { charset: next, parts: [] };
    } else if (run.charset !== next) {
      out += decoded(run);
      run = { charset: next, parts: [] };
    }
    run.parts.push(kind.toLowerCase() === "b" ? Buffer.from(body, "base64") : quoted(body));
    at = word.index + whole.length;
  }
  return out + decoded(run) + text.slice(at);
}

const quoted = (body: string): Buffer =>
  Buffer.from(
    body
      .replace(/_/g, " ")
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );

function decoded(run: { charset: string; parts: Buffer[] } | null): string {
  if (!run) return "";
  const bytes = Buffer.concat(run.parts);
  try {
    return new TextDecoder(run.charset).decode(bytes);
  } catch {
    return bytes.toString("latin1"); // a character set nobody knows: show something rather than nothing
  }
}
