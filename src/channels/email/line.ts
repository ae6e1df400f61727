// One connection to a relay: dialled, signed in, and then any number of messages, each withheld until its gate answers.
import type { Readable } from "node:stream";
import type { NodemailerError } from "nodemailer";
import { parseConnectionUrl } from "nodemailer/lib/shared";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { SMTP_TIMEOUTS } from "../../../config/limits.ts";
import { accepted } from "../../domain/outcome.ts";
import type { Gate, Sent } from "../channel.ts";
import type { Message } from "./mime.ts";
import { type Phase, verdict } from "./verdict.ts";

export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
}
export interface Attempt {
  readonly sent: Sent;
  /** Whether the gate was asked: then this was the one attempt it stands for. */
  readonly asked: boolean;
  /** The relay had ended the connection before it heard of this message, as relays do with idle ones. */
  readonly wasStale: boolean;
  /** What can become of the connection. */
  readonly next: "reuse" | "reset" | "gone";
}
export interface Line {
  /** The relay takes addresses beyond ASCII (RFC 6531). */
  readonly takesUtf8: boolean;
  readonly isOpen: () => boolean;
  readonly onEnd: (heard: () => void) => void;
  /** Throws only what the gate threw, or a fault of our own; the connection is then gone. */
  readonly deliver: (envelope: Envelope, message: Message, gate: Gate) => Promise<Attempt>;
  /** Forgets a refused message; false where the connection is of no more use. */
  readonly reset: () => Promise<boolean>;
  readonly close: () => void;
}

/** Connects and signs in as nodemailer's own transport would with this url. Rejects with a NodemailerError. */
export function dial(smtpUrl: string): Promise<Line> {
  const { auth, ...options } = parseConnectionUrl(smtpUrl);
  return new Promise((resolve, reject) => {
    const smtp = new SMTPConnection({
      ...options,
      connectionTimeout: SMTP_TIMEOUTS.connect,
      greetingTimeout: SMTP_TIMEOUTS.greeting,
      socketTimeout: SMTP_TIMEOUTS.idle,
    });
    const fail = (error: Error) => {
      smtp.close();
      reject(error);
    };
    smtp.on("error", reject); // later ones reach the message under way by themselves; idle, they end in "end"
    smtp.once("end", () => reject(Object.assign(new Error("closed"), { code: "ECONNECTION" })));
    smtp.connect((error) => {
      if (error) return fail(error);
      const takesUtf8 = /[ -]SMTPUTF8\b/i.test(smtp.lastServerResponse || "");
      const done = () => resolve(lineOver(smtp, takesUtf8));
      if (!auth || !smtp.allowsAuth) return done();
      smtp.login({ ...auth, credentials: auth }, (refusal) => (refusal ? fail(refusal) : done()));
    });
  });
}

function lineOver(smtp: SMTPConnection, takesUtf8: boolean): Line {
  let messages = 0;
  let resetEnded = (_isUsable: boolean): void => undefined;
  smtp.once("end", () => resetEnded(false)); // nodemailer forgets who waits when a connection ends
  return {
    takesUtf8,
    isOpen: () => !smtp.destroyed && smtp._socket !== false && smtp._socket?.writable === true,
    onEnd: (heard) => void smtp.once("end", heard),
    deliver: (envelope, message, gate) => deliver(smtp, { envelope, message, gate, isFirst: messages++ === 0 }),
    reset: () =>
      new Promise((resolve) => {
        resetEnded = resolve;
        smtp.reset((error) => resolve(!error));
      }),
    close: () => smtp.close(),
  };
}

interface Delivery {
  readonly envelope: Envelope;
  readonly message: Message;
  readonly gate: Gate;
  readonly isFirst: boolean;
}
/** How far one message has come, and what went wrong while its gate was asked: judged once the gate has answered. */
interface Course {
  phase: Phase;
  trouble: NodemailerError | null;
}

function deliver(smtp: SMTPConnection, { envelope, message, gate, isFirst }: Delivery): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const course: Course = { phase: "envelope", trouble: null };
    const end = (sent: Sent, next: Attempt["next"], wasStale = false) => {
      if (next === "gone") hangUp(smtp);
      resolve({ sent, asked: course.phase === "gate" || course.phase === "end", wasStale, next });
    };
    const giveUp = (fault: unknown) => {
      hangUp(smtp);
      reject(fault as Error);
    };
    const failed = (error: NodemailerError) => {
      const wasStale = !isFirst && course.phase === "envelope" && isStale(error);
      try {
        end(verdict(error, course.phase), after(smtp, error, course.phase), wasStale);
      } catch (fault) {
        giveUp(fault);
      }
    };
    const written = (how: Written) => {
      if (how === "stopped") end({ kind: "stopped" }, "gone");
      else if (how !== "whole") failed(how);
    };
    const body = bodyFor(() => void write(smtp, message, { gate, course }).then(written, giveUp));
    smtp.send(nodemailerEnvelope(envelope, message), body, (error) => {
      if (course.phase === "gate") course.trouble = error ?? OUT_OF_STEP;
      else if (error) failed(error);
      else if (course.phase === "end") end(accepted(envelope.messageId), "reuse");
      else failed(OUT_OF_STEP);
    });
  });
}

type Written = "whole" | "stopped" | NodemailerError;

/** Everything but the end; then the gate; then the end. Throws what the gate throws. */
async function write(
  smtp: SMTPConnection,
  { head, tail, isAscii }: Message,
  { gate, course }: { readonly gate: Gate; readonly course: Course },
): Promise<Written> {
  const socket = smtp._socket;
  if (!socket || !String(smtp.lastServerResponse).startsWith("354")) return OUT_OF_STEP;
  socket.write(head, isAscii ? "latin1" : "utf8");
  course.phase = "gate";
  if (!(await gate())) return "stopped";
  if (course.trouble || smtp.destroyed) return course.trouble ?? OUT_OF_STEP;
  course.phase = "end";
  socket.write(tail, "latin1");
  return "whole";
}

/** At once and without a word: whatever the relay holds has no end, so it cannot take it. */
function hangUp(smtp: SMTPConnection): void {
  if (smtp._socket) smtp._socket.destroy();
  smtp.close();
}

/** The relay answered something that nobody had asked yet. */
const OUT_OF_STEP: NodemailerError = Object.assign(new Error("the relay is out of step"), {
  code: "EPROTOCOL" as const,
});

const nodemailerEnvelope = ({ from, to }: Envelope, { head, tail, isAscii }: Message) => ({
  from: { address: from },
  to: { address: to },
  size: isAscii ? head.length + tail.length : Buffer.byteLength(head) + tail.length,
  use8BitMime: !isAscii,
});

/** A relay that refused a message in words goes on with the next one; anything else ends the connection. */
function after(smtp: SMTPConnection, error: NodemailerError, phase: Phase): Attempt["next"] {
  const isRefusal = error.code === "EENVELOPE" || error.code === "EMESSAGE";
  return isRefusal && phase !== "gate" && error.responseCode !== 421 && !smtp.destroyed ? "reset" : "gone";
}

const isStale = ({ responseCode, command }: NodemailerError): boolean =>
  responseCode === undefined ? command === "CONN" || command === "API" : responseCode === 421;

/**
 * What nodemailer takes for a message stream. It calls `pipe` when the relay has said 354; the bytes then go straight to
 * the socket, because they need neither dot-stuffing nor line ends (see mime.ts), and the end waits for the gate.
 */
function bodyFor(begin: () => void): Readable {
  const body = {
    on: () => body,
    removeListener: () => body,
    destroy: () => body,
    pipe: (stuffer: Readable) => {
      stuffer.unpipe();
      begin();
      return stuffer;
    },
  };
  return body as unknown as Readable; // these four are all that nodemailer calls
}
