// The sender's domain, against a name server on loopback: what is found, and what is said of it.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { lookUpSender } from "../../src/audience/sender/look-up.ts";
import type { Rating, Sender } from "../../src/domain/sender.ts";
import { findingsOf, isFit } from "../../src/domain/sender-findings.ts";
import { organisationOf, readDmarc, readSpf, walkOf } from "../../src/domain/sender-records.ts";
import { type DnsStandIn, dnsStandIn, type Zone } from "../support/dns-stand-in.ts";
import { DOMAIN, GOOD, KEYS, txt } from "../support/sender-zone.ts";

let dns: DnsStandIn;
beforeAll(async () => {
  dns = await dnsStandIn();
});
afterAll(() => dns.stop());

const SENDER: Sender = { domain: DOMAIN, returnDomain: DOMAIN, selector: "s1" };
async function look(zone: Zone, sender: Sender = SENDER) {
  dns.serve(zone);
  const findings = findingsOf(sender, await lookUpSender(sender, dns.server));
  return { fit: isFit(findings), of: (about: string) => findings.find((one) => one.about === about) };
}

const chain = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`i${i}.example.net`, [`v=spf1 include:i${i + 1}.example.net -all`]]),
);
const CASES: readonly (readonly [string, Zone, string, Rating, RegExp])[] = [
  [
    "everything as it should be",
    GOOD,
    "spf",
    "right",
    /one SPF record, which ends in "-all" and takes 1 look-ups/,
  ],
  ["no SPF", txt(DOMAIN), "spf", "wrong", /has no SPF record/],
  ["two SPF records", txt(DOMAIN, "v=spf1 -all", "v=spf1 ~all"), "spf", "wrong", /2 SPF records/],
  [
    "an include that has none",
    txt("relay.example.net"),
    "spf",
    "wrong",
    /includes relay.example.net, which has none/,
  ],
  [
    "an endless chain of includes",
    { ...GOOD, txt: { ...GOOD.txt, ...chain, [DOMAIN]: ["v=spf1 include:i0.example.net -all"] } },
    "spf",
    "wrong",
    /after 10 receivers give up/,
  ],
  ["an include of itself", txt(DOMAIN, `v=spf1 include:${DOMAIN} -all`), "spf", "wrong", /receivers give up/],
  [
    "SPF that lets everybody through",
    txt(DOMAIN, "v=spf1 +all"),
    "spf",
    "better",
    /does not turn anybody away/,
  ],
  [
    "SPF that only redirects",
    txt(DOMAIN, "v=spf1 redirect=relay.example.net"),
    "spf",
    "right",
    /ends in "-all"/,
  ],
  ["a key of 2048 bits", GOOD, "dkim", "right", /a key of 2048 bits/],
  [
    "a key of 1024 bits",
    txt(`s1._domainkey.${DOMAIN}`, `v=DKIM1; p=${KEYS[1024]}`),
    "dkim",
    "better",
    /2048 are asked for/,
  ],
  [
    "a key of 512 bits",
    txt(`s1._domainkey.${DOMAIN}`, `v=DKIM1; p=${KEYS[512]}`),
    "dkim",
    "wrong",
    /below 1024 it is ignored/,
  ],
  [
    "a key withdrawn",
    txt(`s1._domainkey.${DOMAIN}`, "v=DKIM1; p="),
    "dkim",
    "wrong",
    /no key that can be used/,
  ],
  [
    "a key that is none",
    txt(`s1._domainkey.${DOMAIN}`, "v=DKIM1; p=bm90aGluZw=="),
    "dkim",
    "wrong",
    /no key that can be used/,
  ],
  ["no key", txt(`s1._domainkey.${DOMAIN}`), "dkim", "wrong", /There is no DKIM key at/],
  ["DMARC of its own", GOOD, "dmarc", "right", /says "reject"/],
  [
    "DMARC of the domain above",
    txt(`_dmarc.${DOMAIN}`),
    "dmarc",
    "right",
    /_dmarc.example.org, which stands for/,
  ],
  [
    "DMARC above with a policy for those below",
    {
      ...GOOD,
      txt: {
        ...GOOD.txt,
        [`_dmarc.${DOMAIN}`]: [],
        "_dmarc.example.org": ["v=DMARC1; p=reject; sp=none; rua=mailto:a@example.org"],
      },
    },
    "dmarc",
    "better",
    /says "none"/,
  ],
  [
    "DMARC that only watches",
    txt(`_dmarc.${DOMAIN}`, "v=DMARC1; p=none; rua=mailto:a@example.org"),
    "dmarc",
    "better",
    /let through/,
  ],
  [
    "DMARC without reports",
    txt(`_dmarc.${DOMAIN}`, "v=DMARC1; p=reject"),
    "dmarc",
    "better",
    /asks for no reports/,
  ],
  [
    "two DMARC records",
    txt(`_dmarc.${DOMAIN}`, "v=DMARC1; p=reject", "v=DMARC1; p=none"),
    "dmarc",
    "wrong",
    /2 DMARC records/,
  ],
  [
    "no DMARC anywhere",
    { ...GOOD, txt: { ...GOOD.txt, [`_dmarc.${DOMAIN}`]: [], "_dmarc.example.org": [] } },
    "dmarc",
    "wrong",
    /Neither .* nor a domain above it/,
  ],
  [
    "nobody takes mail for the return address",
    { ...GOOD, mx: {} },
    "bounces",
    "wrong",
    /Nobody takes mail for/,
  ],
  ["a server that fails", { ...GOOD, failing: [DOMAIN] }, "spf", "unknown", /did not answer/],
];

test.each(CASES)("%s", async (_name, zone, about, rating, said) => {
  const { of, fit } = await look(zone);
  expect(of(about)).toMatchObject({ rating, found: expect.stringMatching(said) });
  expect(fit).toBe(rating === "right" || rating === "better");
});

describe("alignment", () => {
  const returns = {
    ...GOOD,
    txt: { ...GOOD.txt, "back.example.org": ["v=spf1 -all"], "back.example.com": ["v=spf1 -all"] },
    mx: { ...GOOD.mx, "back.example.org": "mx.example.net", "back.example.com": "mx.example.net" },
  };
  test.each([
    ["a return address of the same organisation", { ...SENDER, returnDomain: "back.example.org" }, "right"],
    ["a return address of another organisation", { ...SENDER, returnDomain: "back.example.com" }, "better"],
    ["no key, the same organisation", { ...SENDER, selector: null }, "wrong"],
    [
      "no key, another organisation",
      { ...SENDER, returnDomain: "back.example.com", selector: null },
      "wrong",
    ],
  ] as const)("%s: %#", async (_name, sender, rating) => {
    expect((await look(returns, sender)).of("alignment")).toMatchObject({ rating });
  });
});

describe("the tree walk (RFC 9989 4.10)", () => {
  test("asks at most eight names", () => {
    expect(walkOf("a.example.org")).toEqual(["a.example.org", "example.org", "org"]);
    const long = walkOf("a.b.c.d.e.f.g.h.i.j.mail.example.com");
    expect(long).toHaveLength(8);
    expect(long.slice(0, 2)).toEqual(["a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com"]);
  });
  test("finds an organisation below a public suffix that says what it is", () => {
    const found = [{ name: "gov.example", record: readDmarc("v=DMARC1; p=none; psd=y") }];
    expect(organisationOf("news.alderwick.gov.example", found)).toBe("alderwick.gov.example");
  });
  test("counts only what costs a look-up", () => {
    expect(
      readSpf(
        "v=spf1 a mx:x.example ip4:192.0.2.1 ?exists:%{i}.x.example include:a.example redirect=b.example all",
      ).lookups,
    ).toBe(5);
  });
});
