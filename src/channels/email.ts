// Email over SMTP: one message for each recipient, in text and HTML, with a way out in its headers.
import type { Readable } from "node:stream";
import { createTransport, type NodemailerError, type PluginFunction } from "nodemailer";
import { z } from "zod";
import { EMAIL_HTML_BYTES, SENDING_AT_ONCE, SMTP_TIMEOUTS } from "../../config/limits.ts";
import { accepted, deferred, type Outcome, refused, unknown } from "../domain/outcome.ts";
import { cleanValue, escapeHtml, prepare, type SlotValues } from "../domain/slots.ts";
import { failpoint } from "../lib/failpoint.ts";
import { sha256 } from "../lib/hash.ts";
import { askLookup } from "../lib/http.ts";
import { defineChannel, expectForm, type Issue, type Rendition, type Tools } from "./channel.ts";

const settings = z.strictObject({ from_name: z.string().min(1).max(80) });

export default defineChannel({
  label: "Email",
  form: "email",
  reaches: "people",
  settings,

  validate(rendition) {
    const bytes = Buffer.byteLength(expectForm(rendition, "email").html);
    if (bytes <= EMAIL_HTML_BYTES) return [];
    const message = `The email is ${bytes} bytes of HTML; above ${EMAIL_HTML_BYTES} mailboxes cut it off. Shorten it.`;
    return [{ code: "too-long", message, measured: bytes, limit: EMAIL_HTML_BYTES }];
  },

  open({ from_name: name }, { smtpUrl, smtpLookupUrl, mailFrom }: Tools) {
    const smtp = connect(smtpUrl);
    const bodies = watchBodies(smtp);
    const messageId = (deliveryKey: string) =>
      `<${sha256(deliveryKey).slice(0, 40)}@${mailFrom.split("@")[1]}>`;
    return {
      prepare(rendition, issue) {
        const compose = composer(rendition, issue);
        return async ({ deliveryKey, recipient }, gate) => {
          if (!recipient) throw new Error("an email needs a recipient");
          if (!ONE_ADDRESS.test(recipient.address)) return refused("bad-address");
          const words = compose(recipient.values);
          if (!words.ok) return refused(`missing-${words.missing}`);
          // The gate's place: everything is ready, nothing has left.
          if (!(await gate())) return { kind: "stopped" };
          const from = { name, address: mailFrom };
          const to = { name: "", address: recipient.address };
          const id = messageId(deliveryKey);
          return smtp
            .sendMail({ from, to, messageId: id, ...words.mail })
            .then(
              () => {
                failpoint("after_250");
                return accepted(id);
              },
              (error: NodemailerError) => outcomeOf(error, bodies.begun(id)),
            )
            .finally(() => bodies.forget(id));
        };
      },
      lookup: async (deliveryKey) =>
        smtpLookupUrl
          ? askLookup(smtpLookupUrl, { messageId: messageId(deliveryKey) }, () => messageId(deliveryKey))
          : { found: "unknown" },
      close: () => Promise.resolve(smtp.close()),
    };
  },
});

const connect = (smtpUrl: string) =>
  createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: SENDING_AT_ONCE,
    maxMessages: Infinity,
    // The worker owns time: no second try that the record does not know of.
    maxRequeues: 0,
    connectionTimeout: SMTP_TIMEOUTS.connect,
    greetingTimeout: SMTP_TIMEOUTS.greeting,
    socketTimeout: SMTP_TIMEOUTS.idle,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

/** Everything that is the same for all recipients is prepared once; a recipient costs a few joins. */
function composer(rendition: Rendition, issue: Issue) {
  const { subject, html, text } = expectForm(rendition, "email");
  const parts = { subject: prepare(subject), html: prepare(html), text: prepare(text) };
  const fixed = {
    "Content-Language": issue.language,
    "X-Bellman-Reference": issue.reference,
    "Auto-Submitted": "auto-generated",
  };
  return (values: SlotValues) => {
    const filled = {
      subject: parts.subject.fill(values),
      html: parts.html.fill(values, escapeHtml),
      text: parts.text.fill(values),
    };
    for (const part of Object.values(filled)) if (!part.ok) return part;
    const stop = values.unsubscribe_url;
    const headers = stop
      ? { ...fixed, "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
      : fixed;
    const textOf = (part: keyof typeof filled) => (filled[part] as { text: string }).text;
    return {
      ok: true as const,
      mail: { subject: cleanValue(textOf("subject")), html: textOf("html"), text: textOf("text"), headers },
    };
  };
}

/** One plain address and nothing that a mail program could read as a second one, a group or a header (H18-H21, H28). */
const ONE_ADDRESS =
  /^(?=.{3,254}$)[^\s\u0000-\u001f\u007f"(),:;<>@[\\\]]+@[^\s\u0000-\u001f\u007f"(),:;<>@[\\\]]+$/u;

/** Keeps the stream of each body under way: as long as nothing of it was read, provably nothing of the message has left. */
function watchBodies(smtp: { use(step: string, plugin: PluginFunction): unknown }) {
  const streams = new Map<string, Readable>();
  smtp.use("stream", ({ message }, done) => {
    const make = message.createReadStream.bind(message);
    message.createReadStream = (...options) => {
      const stream = make(...options);
      stream.once("end", () => failpoint("after_last_byte"));
      streams.set(message.messageId(), stream);
      return stream;
    };
    done();
  });
  return {
    begun: (id: string): boolean => streams.get(id)?.readableDidRead ?? false,
    forget: (id: string) => void streams.delete(id),
  };
}

/** The commands whose reply is about this message; a reply to any other is about us and the relay. */
const ABOUT_THE_MESSAGE = new Set(["MAIL FROM", "RCPT TO", "DATA"]);
/** "Sign in first" and the like (RFC 4954): about us, wherever it is said. */
const ABOUT_SIGNING_IN = new Set([530, 534, 535, 538]);

/**
 * Judged by the relay's reply where it gave one. Without one the message may have been taken as soon as its body was on
 * its way. A relay that turns us away, for good or not, says nothing about the recipient: put off, never refused.
 */
function outcomeOf(error: NodemailerError, begun: boolean): Outcome {
  if (!error.code) throw error; // not the relay's answer, so it is our own fault
  return error.responseCode ? answered(error, error.responseCode, begun) : unanswered(error, begun);
}

function answered({ command = "" }: NodemailerError, reply: number, begun: boolean): Outcome {
  const isOurs = !ABOUT_THE_MESSAGE.has(command) || ABOUT_SIGNING_IN.has(reply);
  return reply >= 500 && (begun || !isOurs) ? refused(`smtp-${reply}`) : deferred(`smtp-${reply}`);
}

function unanswered({ code, command }: NodemailerError, begun: boolean): Outcome {
  if (begun) return unknown("reply-lost");
  if (code === "EENVELOPE") return refused("bad-address");
  const tooLarge = code === "EMESSAGE" && command === "MAIL FROM"; // the relay's own SIZE, read before anything is sent
  return tooLarge ? refused("too-large") : deferred("relay-not-reached");
}
