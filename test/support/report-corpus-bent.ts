// Reports with what systems get wrong or write in their own way, and the words of systems older than RFC 3464.
import { dsn, failed, group, head, multipart, original, type Ours, plain } from "./report-mail.ts";
import type { Specimen } from "./report-corpus.ts";

const one = (ours: Ours, status: string, words: string) =>
  dsn(ours, { recipients: [failed(ours.to, status, words)] });

/** The same with what systems get wrong, or write in their own way. */
export const bent = (o: Ours): Specimen[] => [
  {
    name: "bare line feeds",
    bytes: Buffer.from(
      one(o, "5.1.1", "550 5.1.1 unknown").toString("latin1").replaceAll("\r\n", "\n"),
      "latin1",
    ),
    says: "hard",
  },
  {
    name: "a status part in base64",
    bytes: dsn(o, { encoding: "base64", recipients: [failed(o.to, "5.1.1", "550 5.1.1 unknown")] }),
    says: "hard",
  },
  {
    name: "folded and shouted fields",
    bytes: dsn(o, {
      recipients: [
        `FINAL-RECIPIENT: RFC822;\n ${o.to}\nACTION: FAILED\nSTATUS: 5.1.1 (bad destination\n mailbox address)`,
      ],
    }),
    says: "hard",
  },
  {
    name: "no empty line after the message's own fields",
    bytes: dsn(o, {
      perMessage: "",
      recipients: [
        `Reporting-MTA: dns; mx.example.net\nFinal-Recipient: rfc822; ${o.to}\nAction: failed\nStatus: 5.1.1`,
      ],
    }),
    says: "hard",
  },
  {
    name: "no action, only a status",
    bytes: dsn(o, { recipients: [group({ "Final-Recipient": `rfc822; ${o.to}`, Status: "5.1.1" })] }),
    says: "hard",
  },
  {
    name: "no status, only words of the far side",
    bytes: dsn(o, {
      recipients: [
        group({
          "Final-Recipient": `rfc822; ${o.to}`,
          Action: "failed",
          "Diagnostic-Code": "smtp; 550 5.1.1 unknown",
        }),
      ],
    }),
    says: "hard",
  },
  {
    name: "an address of the far side that looks like a code",
    bytes: dsn(o, {
      recipients: [
        group({
          "Final-Recipient": `rfc822; ${o.to}`,
          Action: "failed",
          Status: "5.4.4",
          "Diagnostic-Code": "smtp; host 205.1.1.7 said: try elsewhere",
        }),
      ],
    }),
    says: "soft",
  },
  {
    name: "a whole message given back",
    bytes: dsn(o, {
      recipients: [failed(o.to, "5.1.1", "550 unknown")],
      returned: `Content-Type: message/rfc822\n\n${original(o)}\n\nHello`,
    }),
    says: "hard",
  },
  {
    name: "nothing given back, addressed to the return path",
    bytes: dsn(o, { recipients: [failed(o.to, "5.1.1", "550 unknown")], returned: null }),
    says: "hard",
  },
  {
    name: "the return path in a field of Postfix alone",
    bytes: dsn(o, {
      head: head("postmaster@example.org"),
      returned: null,
      perMessage: `Reporting-MTA: dns; mx.example.net\nX-Postfix-Sender: rfc822; ${o.returnPath}`,
      recipients: [failed(o.to, "5.1.1", "550 unknown")],
    }),
    says: "hard",
  },
  {
    name: "capitals in the return path",
    bytes: dsn(
      { ...o, returnPath: o.returnPath.toUpperCase() },
      { recipients: [failed(o.to, "5.1.1", "550 unknown")], returned: null },
    ),
    says: "hard",
  },
  {
    name: "only a Message-ID and our reference to go by",
    bytes: dsn(
      { ...o, returnPath: "news@example.org" },
      { recipients: [failed(o.to, "5.1.1", "550 unknown")] },
    ),
    says: "hard",
  },
  { name: "a report inside a wrapper of a gateway", bytes: wrapped(o), says: "hard" },
  {
    name: "a report that ends in the middle",
    bytes: one(o, "5.1.1", "550 unknown").subarray(0, -220),
    says: "hard",
  },
  {
    name: "an unsupported kind of address",
    bytes: dsn(o, {
      recipients: [group({ "Final-Recipient": "x400; /S=ann/O=example", Action: "failed", Status: "5.1.1" })],
    }),
    says: "hard",
  },
  {
    name: "an action nobody knows",
    bytes: dsn(o, {
      recipients: [group({ "Final-Recipient": `rfc822; ${o.to}`, Action: "exploded", Status: "5.1.1" })],
    }),
    says: "hard",
  },
  {
    name: "an international report",
    bytes: Buffer.from(
      one(o, "5.1.1", "550 5.1.1 unknown")
        .toString("latin1")
        .replace("message/delivery-status", "message/global-delivery-status"),
      "latin1",
    ),
    says: "hard",
  },
];

const wrapped = (o: Ours): Buffer =>
  multipart(head(o.returnPath), "mixed", [
    `Content-Type: multipart/report; report-type=delivery-status; boundary=inner\n\n--inner\nContent-Type: text/plain\n\nSorry\n--inner\nContent-Type: message/delivery-status\n\n${failed(o.to, "5.1.1", "550 unknown")}\n--inner--`,
    "Content-Type: text/plain\n\nChecked by a gateway.",
  ]);

/** Words of systems without RFC 3464. */
export const old = (o: Ours): Specimen[] => [
  {
    name: "qmail's words",
    says: "hard",
    bytes: plain(
      head(o.returnPath, "MAILER-DAEMON@mx.example.net"),
      "Hi. This is the qmail-send program at mx.example.net.",
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      "",
      `<${o.to}>:`,
      "Sorry, no mailbox here by that name. (#5.1.1)",
      "",
      "--- Below this line is a copy of the message.",
      "",
      original(o),
    ),
  },
  {
    name: "Exim's words",
    says: "hard",
    bytes: plain(
      head("postmaster@example.org"),
      "This message was created automatically by mail delivery software.",
      "",
      "A message that you sent could not be delivered to one or more of its",
      "recipients. This is a permanent error. The following address(es) failed:",
      "",
      `  ${o.to}`,
      "    SMTP error from remote mail server after RCPT TO: 550 5.1.1 User unknown",
      "",
      "------ This is a copy of the message, including all the headers. ------",
      "",
      original(o),
    ),
  },
  {
    name: "words that say only that it failed",
    says: "soft",
    bytes: plain(head(o.returnPath), "Your message could not be delivered.", "554 Transaction failed"),
  },
  {
    name: "words of a filter",
    says: "policy",
    bytes: plain(head(o.returnPath), "Delivery has failed.", "554 5.7.1 Spam message rejected"),
  },
  {
    name: "words of a delay",
    says: "delayed",
    bytes: plain(
      head(o.returnPath),
      "Warning: your message has not been delivered yet (4.4.1).",
      "No action is required on your part.",
    ),
  },
  {
    name: "a failure without any code",
    says: "none",
    bytes: plain(head(o.returnPath), "Your message could not be delivered, and we do not say why."),
  },
];
