// What comes back, as systems of many makes and ages write it: each with what it is to be taken for. Told to one delivery of ours.
import { bent, old } from "./report-corpus-bent.ts";
import { nested, others, wishes } from "./report-corpus-others.ts";
import { dsn, failed, group, type Ours } from "./report-mail.ts";

export { nested };

export interface Specimen {
  readonly name: string;
  readonly bytes: Buffer;
  /** What it says of our delivery; `none`: nothing, it is left alone; `unproven`: it is a report, but proves nothing. */
  readonly says:
    "hard" | "soft" | "policy" | "complaint" | "delayed" | "delivered" | "none" | "unproven" | "stop";
}

const one = (ours: Ours, status: string, words: string) =>
  dsn(ours, { recipients: [failed(ours.to, status, words)] });

/** Delivery status notifications as RFC 3464 has them. */
const proper = (o: Ours): Specimen[] => [
  { name: "an unknown user", bytes: one(o, "5.1.1", "550 5.1.1 User unknown"), says: "hard" },
  { name: "a domain that does not exist", bytes: one(o, "5.1.2", "550 5.1.2 Host unknown"), says: "hard" },
  {
    name: "a domain that takes no mail (null MX)",
    bytes: one(o, "5.1.10", "556 5.1.10 Recipient address has null MX"),
    says: "hard",
  },
  {
    name: "a mailbox that is shut",
    bytes: one(o, "5.2.1", "550 5.2.1 The email account is disabled"),
    says: "hard",
  },
  { name: "a full mailbox, for good", bytes: one(o, "5.2.2", "552 5.2.2 Mailbox full"), says: "soft" },
  {
    name: "a full mailbox, given up after days",
    bytes: one(o, "4.2.2", "452 4.2.2 Over quota"),
    says: "soft",
  },
  {
    name: "a system that is out of order",
    bytes: one(o, "5.3.0", "554 5.3.0 Other mail system problem"),
    says: "soft",
  },
  {
    name: "a host that never answered",
    bytes: one(o, "4.4.1", "connect to mx.example.net[192.0.2.1]:25: Connection timed out"),
    says: "soft",
  },
  {
    name: "words of a bad sender",
    bytes: one(o, "5.1.8", "550 5.1.8 Sender address rejected: Domain not found"),
    says: "policy",
  },
  {
    name: "a message too large",
    bytes: one(o, "5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    says: "policy",
  },
  {
    name: "a refusal for policy",
    bytes: one(o, "5.7.1", "550 5.7.1 Message rejected due to local policy"),
    says: "policy",
  },
  {
    name: "a sender that was not authenticated",
    bytes: one(o, "5.7.26", "550-5.7.26 This mail is unauthenticated"),
    says: "policy",
  },
  {
    name: "a sender below the requirements",
    bytes: one(
      o,
      "5.7.515",
      "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
    ),
    says: "policy",
  },
  {
    name: "content that was not wanted",
    bytes: one(o, "5.6.0", "554 5.6.0 Message contains invalid header"),
    says: "policy",
  },
  {
    name: "a spam filter behind the code of an unknown user",
    bytes: one(o, "5.1.1", "550 5.1.1 Rejected as spam"),
    says: "policy",
  },
  {
    name: "a policy code of the far side under a vague status",
    bytes: one(o, "5.0.0", "550 5.7.1 Blocked"),
    says: "policy",
  },
  {
    name: "an unknown user under a vague status",
    bytes: one(o, "5.0.0", "550 No such user here"),
    says: "hard",
  },
  { name: "a vague status and vague words", bytes: one(o, "5.0.0", "554 Transaction failed"), says: "soft" },
  {
    name: "a delay",
    bytes: dsn(o, {
      recipients: [
        group({
          "Final-Recipient": `rfc822;${o.to}`,
          Action: "delayed",
          Status: "4.4.1",
          "Will-Retry-Until": "Fri, 27 Nov 2026 09:00:00 +0000",
        }),
      ],
    }),
    says: "delayed",
  },
  {
    name: "an arrival",
    bytes: dsn(o, {
      recipients: [group({ "Final-Recipient": `rfc822;${o.to}`, Action: "delivered", Status: "2.0.0" })],
    }),
    says: "delivered",
  },
  {
    name: "an expansion into a list",
    bytes: dsn(o, {
      recipients: [group({ "Final-Recipient": `rfc822;${o.to}`, Action: "expanded", Status: "2.0.0" })],
    }),
    says: "delivered",
  },
  {
    name: "a relay to a system that gives no receipts",
    bytes: dsn(o, {
      recipients: [group({ "Final-Recipient": `rfc822;${o.to}`, Action: "relayed", Status: "2.1.9" })],
    }),
    says: "delivered",
  },
  {
    name: "several recipients, ours among those that failed",
    bytes: dsn(o, {
      recipients: [
        group({ "Final-Recipient": "rfc822; other@example.com", Action: "delivered", Status: "2.0.0" }),
        failed(o.to, "5.1.1", "550 5.1.1 unknown"),
      ],
    }),
    says: "hard",
  },
  {
    name: "several recipients, ours among those that arrived",
    bytes: dsn(o, {
      recipients: [
        failed("other@example.com", "5.1.1", "550 5.1.1 unknown"),
        group({ "Final-Recipient": `rfc822; ${o.to}`, Action: "relayed", Status: "2.0.0" }),
      ],
    }),
    says: "delivered",
  },
  {
    name: "members of an alias, of whom one is gone",
    bytes: dsn(o, {
      recipients: [
        failed("a@example.com", "5.1.1", "550 unknown"),
        failed("b@example.com", "4.2.2", "452 full"),
      ],
    }),
    says: "soft",
  },
];

export const corpus = (ours: Ours): Specimen[] =>
  [proper, bent, old, wishes, others].flatMap((part) => part(ours));
