// Complaints, words to stop, and what is no report or not one of ours.
import { dsn, failed, feedback, head, lines, multipart, type Ours, plain } from "./report-mail.ts";
import type { Specimen } from "./report-corpus.ts";

/** Complaints (RFC 5965) and words to stop. */
export const wishes = (o: Ours): Specimen[] => [
  { name: "an abuse report", bytes: feedback(o, "abuse"), says: "complaint" },
  {
    name: "an abuse report whose sender stands in a field alone",
    bytes: feedback(o, "abuse", { "Original-Mail-From": `<${o.returnPath}>` }, "Subject: redacted"),
    says: "complaint",
  },
  {
    name: "an abuse report with people taken out, and the way out left in",
    bytes: feedback({ ...o, returnPath: "redacted@example.org", to: "redacted" }, "abuse"),
    says: o.stopLink ? "complaint" : "unproven",
  },
  { name: "a report of fraud", bytes: feedback(o, "fraud"), says: "complaint" },
  { name: "a wish to be taken off", bytes: feedback(o, "opt-out"), says: "stop" },
  { name: "a complaint taken back", bytes: feedback(o, "not-spam"), says: "none" },
  { name: "a report about our signatures", bytes: feedback(o, "auth-failure"), says: "none" },
  { name: "a feedback report without a type", bytes: feedback(o, ""), says: "none" },
];

/** What is no report, or not one of ours. */
export const others = (o: Ours): Specimen[] => [
  {
    name: "a vacation note",
    says: "none",
    bytes: plain(
      [
        "From: ann@example.com",
        `To: ${o.returnPath}`,
        "Subject: Out of office",
        "Auto-Submitted: auto-replied (vacation)",
      ],
      "I am away; my address 550 5.1.1 could not be delivered",
    ),
  },
  {
    name: "a vacation note that says nothing of itself but its subject",
    says: "none",
    bytes: plain(
      [
        "Return-Path: <>",
        "From: ann@example.com",
        `To: ${o.returnPath}`,
        "Subject: Automatic reply: Dark nights",
      ],
      "Delivery has failed 5.1.1, only joking",
    ),
  },
  {
    name: "a receipt that it was read",
    says: "none",
    bytes: multipart(
      ["From: ann@example.com", `To: ${o.returnPath}`, "MIME-Version: 1.0"],
      "report; report-type=disposition-notification",
      [
        "Content-Type: text/plain\n\nRead.",
        "Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed",
      ],
    ),
  },
  {
    name: "a letter",
    says: "none",
    bytes: plain(
      ["From: ann@example.com", `To: ${o.returnPath}`, "Subject: Hello"],
      "My neighbour's mail could not be delivered: 550 5.1.1",
    ),
  },
  {
    name: "another system's report",
    says: "unproven",
    bytes: dsn(
      { returnPath: "shop@example.com", messageId: "<abc@example.com>", reference: "x", to: o.to },
      { recipients: [failed(o.to, "5.1.1", "550 unknown")] },
    ),
  },
  {
    name: "a report with an invented token",
    says: "unproven",
    bytes: dsn(
      { ...o, messageId: "<x@y>", returnPath: "bounce+1ffffffffffffffffffffffff@example.org" },
      { recipients: [failed(o.to, "5.1.1", "550 unknown")] },
    ),
  },
  {
    name: "a report with an invented Message-ID",
    says: "unproven",
    bytes: dsn(
      { ...o, messageId: `<${"0".repeat(40)}@example.org>`, returnPath: "news@example.org" },
      { recipients: [failed(o.to, "5.1.1", "550 unknown")] },
    ),
  },
  { name: "a status part without anybody in it", says: "none", bytes: dsn(o, { recipients: [] }) },
  { name: "a hundred parts inside each other", says: "none", bytes: nested(100) },
  { name: "no header and no body", says: "none", bytes: Buffer.alloc(0) },
  {
    name: "a boundary that never comes",
    says: "none",
    bytes: lines(...head(o.returnPath), 'Content-Type: multipart/report; boundary="x"', "", "text"),
  },
  {
    name: "bytes",
    says: "none",
    bytes: Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 73) % 256)),
  },
];

export function nested(depth: number): Buffer {
  let body =
    "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@example.com\nAction: failed\nStatus: 5.1.1";
  for (let i = 0; i < depth; i += 1)
    body = `Content-Type: multipart/mixed; boundary="n${i}"\n\n--n${i}\n${body}\n--n${i}--`;
  return lines(...head("x@example.org"), body);
}
