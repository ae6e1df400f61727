// One house on one data folder: finds the Bellman that runs there, or opens its services for as long as a command needs them.
import { join } from "node:path";
import { MIGRATIONS, type Settings } from "../config/env.ts";
import { type Deps, openDeps, type Services } from "./deps.ts";
import { DomainError } from "./domain/errors.ts";
import { findHouse, type House, takeHouse } from "./embedded/house-lock.ts";
import { type MailSink, startMailSink } from "./embedded/mail-sink.ts";
import { startPostgres } from "./embedded/postgres.ts";
import { answers } from "./embedded/postgres-server.ts";
import { writeStopFile } from "./embedded/stop-file.ts";
import { startTimeline, type Timeline } from "./embedded/timeline.ts";
import { whyUnreachable } from "./lib/reach.ts";
import { parseRedisAddress, sayRedis } from "./lib/redis-address.ts";
import { prepareDatabase } from "./store/prepare.ts";

export interface OpenHouse {
  readonly deps: Deps;
  /** True where another process keeps the house and does the work. */
  readonly visiting: boolean;
  readonly outbox: MailSink | null;
  readonly timeline: Timeline | null;
  readonly announce: (info: { webUrl: string }) => void;
  close(): Promise<void>;
}

/** Opens everything this machine provides itself, migrates and wires. Throws "already-running" when somebody keeps the house. */
export async function openHouse(settings: Settings): Promise<OpenHouse> {
  const house = await takeHouse(settings.dataDir, {});
  const opened: (() => Promise<unknown>)[] = [];
  try {
    const services = await openServices(settings, house, opened);
    await prepareDatabase(services.databaseUrl, MIGRATIONS, settings.environment);
    const deps = await openDeps(settings, services);
    opened.push(() => deps.end());
    const { outbox, timeline } = services;
    const close = () => closeAll(opened, house);
    return { deps, visiting: false, outbox, timeline, announce: (info) => house.announce(info), close };
  } catch (error) {
    await closeAll(opened, house);
    throw error;
  }
}

/** The running house if there is one, else one of our own. */
export async function visitHouse(settings: Settings): Promise<OpenHouse> {
  const running = await findHouse(settings.dataDir);
  if (!running?.databaseUrl || !running.smtpUrl) return openHouse(settings);
  const { databaseUrl, smtpUrl, mailLookupUrl = null, timelineUrl = null, webUrl } = running;
  const services = {
    databaseUrl,
    smtpUrl,
    smtpLookupUrl: mailLookupUrl,
    timelineUrl,
    ...secondRelay(settings),
  };
  const deps = await openDeps({ ...settings, publicUrl: webUrl ?? settings.publicUrl }, services);
  return asVisitor(deps);
}

/**
 * Whether the database of a running house, or the one that was named, answers within moments; true where there is none yet and
 * a command would start its own.
 */
export async function databaseAnswers(settings: Settings): Promise<boolean> {
  const url = (await findHouse(settings.dataDir))?.databaseUrl ?? settings.databaseUrl;
  return url === undefined || answers(url);
}

/** Writes the stop file of this data folder; gives back its path. Nothing leaves a process of this folder while it is there. */
export const stopHere = ({ dataDir }: Settings, { reason, by }: { reason: string; by: string }): string =>
  writeStopFile(dataDir, { reason, by, at: new Date().toISOString() });

/** For one process of many (web, scheduler, worker): everything is somewhere else and must be named. */
export async function joinHouse(settings: Settings): Promise<OpenHouse> {
  const { databaseUrl, smtpUrl, smtpLookupUrl = null, timelineUrl = null } = settings;
  if (!databaseUrl || !smtpUrl) {
    const running = await findHouse(settings.dataDir);
    if (running) return visitHouse(settings);
    throw new DomainError(
      "not-wired",
      "A process of its own needs DATABASE_URL and SMTP_URL. On one machine, use: npm start",
    );
  }
  await prepareDatabase(databaseUrl, MIGRATIONS, settings.environment);
  const relays = { smtpUrl, smtpLookupUrl, ...secondRelay(settings) };
  const deps = await openDeps(settings, { databaseUrl, timelineUrl, ...relays });
  return asVisitor(deps);
}

/** Somebody else keeps the house; closing ends our connections only. */
const asVisitor = (deps: Deps): OpenHouse => ({
  deps,
  visiting: true,
  outbox: null,
  timeline: null,
  announce: () => undefined,
  close: () => deps.end(),
});

type Started = Services & { readonly outbox: MailSink | null; readonly timeline: Timeline | null };

async function openServices(
  settings: Settings,
  house: House,
  opened: (() => Promise<unknown>)[],
): Promise<Started> {
  const kept = <T extends { stop(): Promise<unknown> }>(service: T): T => {
    opened.push(() => service.stop());
    return service;
  };
  const databaseUrl =
    settings.databaseUrl ?? kept(await startPostgres(join(settings.dataDir, "postgres"))).url;
  if (settings.redisUrl) await reachRedis(settings.redisUrl);
  if (settings.smtpUrl) await reachRelay(settings.smtpUrl); // the second may be down: it is there for the first's bad days
  const mail = settings.smtpUrl
    ? { smtpUrl: settings.smtpUrl, smtpLookupUrl: settings.smtpLookupUrl ?? null, outbox: null }
    : sinkMail(kept(await startMailSink({ dir: settings.dataDir })));
  const social = settings.timelineUrl
    ? { timelineUrl: settings.timelineUrl, timeline: null }
    : ownTimeline(kept(await startTimeline({ dir: settings.dataDir })));
  house.announce({
    databaseUrl,
    smtpUrl: mail.smtpUrl,
    timelineUrl: social.timelineUrl,
    ...(mail.smtpLookupUrl ? { mailLookupUrl: mail.smtpLookupUrl } : {}),
  });
  return { databaseUrl, ...mail, ...secondRelay(settings), ...social };
}

/** Every process reads its own settings for it; the built-in sink has no second. */
const secondRelay = ({ secondSmtpUrl, secondSmtpLookupUrl }: Settings) => ({
  secondSmtpUrl: secondSmtpUrl ?? null,
  secondSmtpLookupUrl: secondSmtpLookupUrl ?? null,
});

/** A relay that does not answer is said at once, in words, rather than by a queue that never empties. */
async function reachRelay(smtpUrl: string): Promise<void> {
  const { protocol, hostname: host, port } = new URL(smtpUrl);
  const plain = protocol === "smtp:";
  const why = await whyUnreachable({
    host,
    port: Number(port || (plain ? 587 : 465)),
    ...(plain ? { greeting: "220" } : {}),
  });
  if (why !== null)
    throw new DomainError(
      "relay-unreachable",
      `The mail relay at SMTP_URL (${new URL(smtpUrl).host}) cannot be used: ${why}. Start it, or unset SMTP_URL to use the built-in sink.`,
    );
}

/** Of several Sentinels or Cluster nodes one that answers is enough: they name the others. */
async function reachRedis(redisUrl: string): Promise<void> {
  const places = parseRedisAddress(redisUrl)?.places ?? [];
  const whys = await Promise.all(places.map((place) => whyUnreachable(place)));
  if (!whys.includes(null))
    throw new DomainError(
      "queue-unreachable",
      `Redis does not answer at REDIS_URL (${sayRedis(redisUrl)}): ${whys.join(", ")}. Start it, or unset REDIS_URL to use PostgreSQL.`,
    );
}

const sinkMail = (outbox: MailSink) => ({ smtpUrl: outbox.smtpUrl, smtpLookupUrl: outbox.lookupUrl, outbox });
const ownTimeline = (timeline: Timeline) => ({ timelineUrl: timeline.url, timeline });

async function closeAll(opened: (() => Promise<unknown>)[], house: House): Promise<void> {
  for (const end of opened.reverse()) await end().catch(() => undefined);
  house.release();
}
