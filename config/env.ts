// The only reader of the environment. Every fault is listed at once, in words, before anything starts.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type AllowList, isAllowEntry, parseAllowList } from "../src/domain/allow-list.ts";
import { DomainError } from "../src/domain/errors.ts";
import { parseFailpoints } from "../src/lib/failpoint.ts";
import { parseRedisAddress } from "../src/lib/redis-address.ts";
import { MAIL_BACK, mailBackSettings, type MailBackSettings } from "./mail-back.ts";
import { url } from "./url.ts";

export const PROJECT = fileURLToPath(new URL("..", import.meta.url));
export const MIGRATIONS = join(PROJECT, "prisma", "migrations");

const schema = z.object({
  BELLMAN_DATA_DIR: z.string().min(1).default("./data"),
  DATABASE_URL: url("postgresql:", "postgres:").optional(),
  REDIS_URL: z
    .string()
    .refine(
      (text) => parseRedisAddress(text) !== null,
      "must be redis://host, rediss://host, redis-sentinel://host,host/master or redis-cluster://host,host",
    )
    .optional(),
  BELLMAN_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be small letters, digits and hyphens")
    .default("bellman"),
  PORT: z.coerce.number("must be a number").int().min(0).max(65535).default(3000),
  HOST: z
    .enum(
      ["127.0.0.1", "::1", "localhost", "0.0.0.0"],
      "must be 127.0.0.1 (or 0.0.0.0 inside a container): there is no sign-in yet",
    )
    .default("127.0.0.1"),
  PUBLIC_URL: url("http:", "https:").optional(),
  BELLMAN_SENDING: z
    .enum(
      ["sandbox", "allowlist"],
      'must be "sandbox" or "allowlist": live sending needs people to sign in, and there is no sign-in yet',
    )
    .default("sandbox"),
  BELLMAN_ALLOWLIST: z.string().default("").transform(parseAllowList),
  BELLMAN_ENVIRONMENT: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be small letters, digits and hyphens")
    .default("sandbox"),
  SMTP_URL: url("smtp:", "smtps:").optional(),
  SMTP_LOOKUP_URL: url("http:", "https:").optional(),
  SMTP_SECOND_URL: url("smtp:", "smtps:").optional(),
  SMTP_SECOND_LOOKUP_URL: url("http:", "https:").optional(),
  TIMELINE_URL: url("http:", "https:").optional(),
  MAIL_FROM: z.email("must be an email address").default("bellman@safer-alderwick.example.org"),
  ...MAIL_BACK,
  BELLMAN_SECRET_FILE: z.string().min(1).optional(),
  LOG_LEVEL: z
    .enum(
      ["trace", "debug", "info", "warn", "error", "silent"],
      "must be one of trace, debug, info, warn, error, silent",
    )
    .default("warn"),
  CHROMIUM_PATH: z.string().min(1).optional(),
  BELLMAN_FAILPOINT: z
    .string()
    .refine((text) => parseFailpoints(text) !== null, "must read name:ACTION@N; see src/lib/failpoint.ts")
    .optional(),
});

export interface Settings extends MailBackSettings {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly queuePrefix: string;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string;
  /** `sandbox`: nothing leaves this machine. `allowlist`: email leaves, to those on the allow-list only. */
  readonly sending: "sandbox" | "allowlist";
  readonly allowList: AllowList;
  /** The name of the one environment this process works for; a database of another one is left alone. */
  readonly environment: string;
  readonly smtpUrl: string | undefined;
  readonly smtpLookupUrl: string | undefined;
  readonly secondSmtpUrl: string | undefined;
  readonly secondSmtpLookupUrl: string | undefined;
  readonly timelineUrl: string | undefined;
  readonly mailFrom: string;
  readonly secretFile: string;
  readonly logLevel: z.infer<typeof schema>["LOG_LEVEL"];
  /** For tests in the sandbox only. */
  readonly failpoint: string | undefined;
}

/** The settings, or a DomainError "settings" that lists every fault. Empty values count as not given. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`);
    throw new DomainError("settings", `Bellman cannot start with these settings; see .env.example.`, faults);
  }
  const e = parsed.data;
  if (e.BELLMAN_SENDING === "sandbox") refuseOutsideRelays(outsideIn(e));
  else refuseBadAllowList(e.BELLMAN_ALLOWLIST);
  const dataDir = resolve(PROJECT, e.BELLMAN_DATA_DIR.replace(/^~(?=\/)/, homedir()));
  return {
    dataDir,
    databaseUrl: e.DATABASE_URL,
    redisUrl: e.REDIS_URL,
    queuePrefix: e.BELLMAN_QUEUE_PREFIX,
    port: e.PORT,
    host: e.HOST,
    publicUrl: (e.PUBLIC_URL ?? `http://${e.HOST === "0.0.0.0" ? "127.0.0.1" : e.HOST}:${e.PORT}`).replace(
      /\/$/,
      "",
    ),
    sending: e.BELLMAN_SENDING,
    allowList: e.BELLMAN_ALLOWLIST,
    environment: e.BELLMAN_ENVIRONMENT,
    smtpUrl: e.SMTP_URL,
    smtpLookupUrl: e.SMTP_LOOKUP_URL,
    secondSmtpUrl: e.SMTP_SECOND_URL,
    secondSmtpLookupUrl: e.SMTP_SECOND_LOOKUP_URL,
    timelineUrl: e.TIMELINE_URL,
    mailFrom: e.MAIL_FROM,
    ...mailBackSettings(e),
    secretFile: e.BELLMAN_SECRET_FILE ?? join(dataDir, "secret"),
    logLevel: e.LOG_LEVEL,
    failpoint: e.BELLMAN_FAILPOINT,
  };
}

type Given = z.infer<typeof schema>;
/** What the sandbox may only reach on this machine. */
const outsideIn = ({ SMTP_URL, SMTP_SECOND_URL, BOUNCE_IMAP_URL }: Given) => ({
  SMTP_URL,
  SMTP_SECOND_URL,
  BOUNCE_IMAP_URL,
});

/** In the sandbox a relay may only be on this machine or, in containers, a neighbour without a dotted name. */
function refuseOutsideRelays(relays: Readonly<Record<string, string | undefined>>): void {
  const faults = Object.entries(relays).flatMap(([name, smtpUrl]) => {
    const host = smtpUrl === undefined ? "localhost" : new URL(smtpUrl).hostname;
    if (host.startsWith("127.") || host === "[::1]" || !host.includes(".")) return [];
    return [
      `${name} names ${host}, but BELLMAN_SENDING is sandbox, in which nothing may leave this machine.`,
    ];
  });
  if (faults.length > 0)
    throw new DomainError("settings", "Bellman cannot start with these settings; see .env.example.", faults);
}

/** Without a list nobody could be reached, and a pattern that looks like one might reach everybody. */
function refuseBadAllowList(list: AllowList): void {
  const faults =
    list.length === 0
      ? ["BELLMAN_ALLOWLIST must name who may be written to, as BELLMAN_SENDING is allowlist."]
      : list
          .filter((entry) => !isAllowEntry(entry))
          .map((entry) => `BELLMAN_ALLOWLIST holds "${entry}", which is neither an address nor "@domain".`);
  if (faults.length > 0)
    throw new DomainError("settings", "Bellman cannot start with these settings; see .env.example.", faults);
}

/** The names of all settings; .env.example is checked against them. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** A browser for tests and pictures: the one named, else the system's, else none. */
export const browserPath = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  [env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path !== undefined && existsSync(path),
  );
