// Writes what mail systems send back, in the many ways they do: delivery status notifications, complaints, and old systems' words.
// Every server and person in it is made up.

export interface Ours {
  /** The envelope sender that our message had. */
  readonly returnPath: string;
  readonly messageId: string;
  readonly reference: string;
  readonly to: string;
  readonly stopLink?: string;
}

export const lines = (...parts: readonly string[]): Buffer =>
  Buffer.from(parts.join("\n").replace(/\r?\n/g, "\r\n"), "latin1");

/** The head of our own message as it is given back. */
export const original = ({ returnPath, messageId, reference, to, stopLink }: Ours): string =>
  [
    `Return-Path: <${returnPath}>`,
    "Received: from bellman.example.org by relay.example.net; Sun, 22 Nov 2026 09:00:00 +0000",
    "From: Safer Alderwick <news@example.org>",
    `To: <${to}>`,
    "Subject: Dark nights",
    `Message-ID: ${messageId}`,
    `X-Bellman-Reference: ${reference}`,
    ...(stopLink ? [`List-Unsubscribe: <${stopLink}>`] : []),
  ].join("\n");

export interface Dsn {
  /** Groups of the machine-readable part, after the one about the message. */
  readonly recipients: readonly string[];
  readonly head?: readonly string[];
  readonly perMessage?: string;
  readonly text?: string;
  /** The last part, with its header; null: none. */
  readonly returned?: string | null;
  readonly reportType?: string;
  readonly encoding?: string;
}

/** To nobody in particular unless `head` says so. */
export const head = (to: string, from = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"): string[] => [
  "Return-Path: <>",
  `From: ${from}`,
  `To: ${to}`,
  "Subject: Undelivered Mail Returned to Sender",
  "Auto-Submitted: auto-replied",
  "MIME-Version: 1.0",
];

export const group = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

export const failed = (to: string, status: string, diagnostic: string): string =>
  group({
    "Final-Recipient": `rfc822; ${to}`,
    "Original-Recipient": `rfc822;${to}`,
    Action: "failed",
    Status: status,
    "Diagnostic-Code": `smtp; ${diagnostic}`,
  });

export function dsn(ours: Ours, given: Dsn): Buffer {
  const {
    recipients,
    perMessage = "Reporting-MTA: dns; mx.example.net",
    reportType = "delivery-status",
  } = given;
  const { text = "I'm sorry to have to inform you that your message could not be delivered.", encoding } =
    given;
  const status = [perMessage, ...recipients].filter((one) => one !== "").join("\n\n");
  const returned =
    given.returned === undefined ? `Content-Type: text/rfc822-headers\n\n${original(ours)}` : given.returned;
  const parts = [
    `Content-Type: text/plain; charset=us-ascii\n\n${text}`,
    encoding === "base64"
      ? `Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${Buffer.from(`${status}\n`).toString("base64")}`
      : `Content-Type: message/delivery-status\n\n${status}`,
    ...(returned === null ? [] : [returned]),
  ];
  return multipart(given.head ?? head(ours.returnPath), `report; report-type=${reportType}`, parts);
}

export function multipart(
  top: readonly string[],
  type: string,
  parts: readonly string[],
  boundary = "b0undary",
): Buffer {
  const body = parts.map((part) => `--${boundary}\n${part}\n`);
  return lines(
    ...top,
    `Content-Type: multipart/${type}; boundary="${boundary}"`,
    "",
    ...body,
    `--${boundary}--`,
    "",
  );
}

/** RFC 5965. */
export const feedback = (
  ours: Ours,
  type: string,
  fields: Readonly<Record<string, string>> = {},
  returned = original(ours),
): Buffer =>
  multipart(
    ["From: feedback@example.com", "To: fbl@example.org", "Subject: FW: Dark nights", "MIME-Version: 1.0"],
    "report; report-type=feedback-report",
    [
      "Content-Type: text/plain\n\nThis is an email abuse report.",
      `Content-Type: message/feedback-report\n\n${group({ "Feedback-Type": type, "User-Agent": "ExampleFBL/1.0", Version: "1", ...fields })}`,
      `Content-Type: message/rfc822\n\n${returned}\n\nHello`,
    ],
  );

/** A message that is text alone. */
export const plain = (top: readonly string[], ...text: readonly string[]): Buffer =>
  lines(...top, "", ...text);
