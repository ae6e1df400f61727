// The settings about what comes back and whether our mail is believed. Read by env.ts, which alone knows the environment.
import { z } from "zod";
import { url } from "./url.ts";

/** RFC 5321 4.5.3.1.1: 64 octets before the "@", of which a "+" and a token of 35 are ours (src/audience/bounces/return-token.ts). */
const LOCAL_MOST = 28;

export const MAIL_BACK = {
  BOUNCE_ADDRESS: z
    .email("must be an email address")
    .refine(
      (text) => text.lastIndexOf("@") <= LOCAL_MOST && !text.includes("+"),
      `must have at most ${LOCAL_MOST} characters before the "@" and no "+"`,
    )
    .optional(),
  BOUNCE_IMAP_URL: url("imap:", "imaps:").optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i, "must be a selector as the relay names it")
    .optional(),
  DNS_SERVER: z
    .string()
    .regex(
      /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$/i,
      "must be an IP address, with a port or without",
    )
    .optional(),
} as const;

export interface MailBackSettings {
  /** Reports come back to this address with a token after a "+"; not set: to mailFrom, matched by Message-ID. */
  readonly bounceAddress: string | undefined;
  /** Holds a password: never printed. */
  readonly bounceImapUrl: string | undefined;
  readonly dkimSelector: string | undefined;
  readonly dnsServer: string | undefined;
}

type Given = Partial<Record<keyof typeof MAIL_BACK, string | undefined>>;
export const mailBackSettings = (e: Given): MailBackSettings => ({
  bounceAddress: e.BOUNCE_ADDRESS,
  bounceImapUrl: e.BOUNCE_IMAP_URL,
  dkimSelector: e.DKIM_SELECTOR,
  dnsServer: e.DNS_SERVER,
});
