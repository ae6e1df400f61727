// The records of a sender's domain as they should be, and the same with some of them changed.
import { generateKeyPairSync } from "node:crypto";
import type { Zone } from "./dns-stand-in.ts";

const keyOf = (bits: number): string => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
};
export const KEYS = { 2048: keyOf(2048), 1024: keyOf(1024), 512: keyOf(512) };
export const DOMAIN = "safer-alderwick.example.org";
export const GOOD = {
  txt: {
    [DOMAIN]: ["v=spf1 include:relay.example.net -all"],
    "relay.example.net": ["v=spf1 ip4:192.0.2.0/24 -all"],
    [`s1._domainkey.${DOMAIN}`]: [`v=DKIM1; k=rsa; p=${KEYS[2048]}`],
    [`_dmarc.${DOMAIN}`]: ["v=DMARC1; p=reject; rua=mailto:dmarc@example.org"],
    "_dmarc.example.org": ["v=DMARC1; p=reject; psd=n; rua=mailto:dmarc@example.org"],
  },
  mx: { [DOMAIN]: "mx.example.net" },
} satisfies Zone;
export const txt = (name: string, ...records: readonly string[]): Zone => ({
  ...GOOD,
  txt: { ...GOOD.txt, [name]: records },
});
