// One connection to a relay: dialled, signed in, and then any number of messages, each withheld until its gate answers.
import type { Readable } from "node:stream";
import type { NodemailerError } from "nodemailer";
import { failpoint } from "../../lib/failpoint.ts";
import { parseConnectionUrl } from "nodemailer/lib/shared";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { SMTP_TIMEOUTS } from "../../../config/limits.ts";
import { accepted } from "../../domain/outcome.ts";
import type { Gate, Sent } from "../channel.ts";
import type { Message } from "./mime.ts";
import { pack, sizeOf } from "./pack.ts";
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
      reject(error); // first: closing emits "end"
      smtp.close();
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
    deliver: (envelope, message, gate) =>
      deliver({ smtp, envelope, message, gate, isFirst: (messages += 1) === 1 }),
    reset: () =>
      new Promise((resolve) => {
        resetEnded = resolve;
        smtp.reset((error) => resolve(!error));
      }),
    close: () => smtp.close(),
  };
}

/** How far one message has come. Plain functions over it, because thousands a second make no closures they can do without. */
interface Course {
  readonly smtp: SMTPConnection;
  readonly envelope: Envelope;
  readonly message: Message;
  readonly gate: Gate;
  readonly isFirst: boolean;
  phase: Phase;
  /** What went wrong while the gate was asked; judged once the gate has answered. */
  trouble: NodemailerError | null;
  readonly resolve: (attempt: Attempt) => void;
  readonly reject: (fault: Error) => void;
}
type Delivery = Pick<Course, "smtp" | "envelope" | "message" | "gate" | "isFirst">;

const deliver = ({ smtp, envelope, message, gate, isFirst }: Delivery): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    const phase = "envelope" as const;
    run({ smtp, envelope, message, gate, isFirst, phase, trouble: null, resolve, reject });
  });

function run(course: Course): void {
  course.smtp.send(nodemailerEnvelope(course), bodyOf(course), (error) => {
    if (course.phase === "gate") course.trouble = error ?? OUT_OF_STEP;
    else if (error) failed(course, error);
    else if (course.phase === "end") taken(course);
    else failed(course, OUT_OF_STEP);
  });
}

function taken(course: Course): void {
  failpoint("after_250");
  end(course, accepted(course.envelope.messageId), "reuse");
}

/** Everything but the end; then the gate; then the end. */
async function write(course: Course): Promise<void> {
  const { smtp, message } = course;
  const socket = smtp._socket;
  if (!socket || !smtp.lastServerResponse || !smtp.lastServerResponse.startsWith("354"))
    return failed(course, OUT_OF_STEP);
  socket.write(pack(smtp, message));
  course.phase = "gate";
  if (!(await course.gate())) return end(course, { kind: "stopped" }, "gone");
  if (course.trouble || smtp.destroyed) return failed(course, course.trouble ?? OUT_OF_STEP);
  course.phase = "end";
  socket.write(message.tail, "latin1");
  failpoint("after_last_byte");
}

function end(course: Course, sent: Sent, next: Attempt["next"], wasStale = false): void {
  if (next === "gone") hangUp(course.smtp);
  const asked = course.phase === "gate" || course.phase === "end";
  course.resolve({ sent, asked, wasStale, next });
}

function failed(course: Course, error: NodemailerError): void {
  const { smtp, phase, isFirst } = course;
  const wasStale = !isFirst && phase === "envelope" && isStale(error);
  try {
    end(course, verdict(error, phase), after(smtp, error, phase), wasStale);
  } catch (fault) {
    giveUp(course, fault);
  }
}

/** The gate threw, or we are at fault ourselves. */
function giveUp({ smtp, reject }: Course, fault: unknown): void {
  hangUp(smtp);
  reject(fault as Error);
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

const nodemailerEnvelope = ({ envelope, message: { head, tail, isAscii } }: Course) => ({
  from: { address: envelope.from },
  to: { address: envelope.to },
  size: sizeOf(head, isAscii) + tail.length,
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
function bodyOf(course: Course): Readable {
  const body = {
    on: () => body,
    removeListener: () => body,
    destroy: () => body,
    pipe: (stuffer: Readable) => {
      stuffer.unpipe();
      write(course).catch((fault: unknown) => giveUp(course, fault));
      return stuffer;
    },
  };
  return body as unknown as Readable; // these four are all that nodemailer calls
}
