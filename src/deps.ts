// The composition root: settings and services in, everything wired out. The only place where the real edges meet.
import { join } from "node:path";
import { PROJECT, type Settings } from "../config/env.ts";
import { sealedRuleOf } from "./audience/sealed-rule.ts";
import { returnAddress, returnToken } from "./audience/bounces/return-token.ts";
import { linkCodeOf } from "./audience/link-code.ts";
import { whyNoBulk } from "./audience/sender/check.ts";
import { listNamesOf } from "./audience/sealed-topic.ts";
import { linkToken } from "./audience/link-token.ts";
import { stopByToken } from "./audience/stop.ts";
import { stopAddress, stopToken } from "./audience/stop-token.ts";
import { loadChannels, onlyReaching, type Registry } from "./channels/registry.ts";
import type { OpenChannel, Tools } from "./channels/channel.ts";
import { mayReach } from "./domain/allow-list.ts";
import type { Surroundings } from "./domain/issue-draft.ts";
import { DomainError } from "./domain/errors.ts";
import type { Lane } from "./domain/lane.ts";
import { type QuietHours, quietHoursOf } from "./domain/quiet-hours.ts";
import { openStopFile } from "./embedded/stop-file.ts";
import { adoptStop } from "./journey/adopt-stop.ts";
import { close } from "./journey/close.ts";
import { markRestored } from "./journey/dispatch/gate-journal.ts";
import type { PreviewArguments } from "./journey/preview.ts";
import { resolve } from "./journey/resolve.ts";
import { openWatch } from "./journey/watch.ts";
import { armFailpoints } from "./lib/failpoint.ts";
import { makeLogger } from "./lib/logger.ts";
import { readSecret } from "./lib/secret.ts";
import { openLibrary } from "./library/library.ts";
import { openRenderApart } from "./render/apart.ts";
import { openBackend } from "./queue/backend.ts";
import { openDoorbell } from "./queue/doorbell.ts";
import type { Payload, QueueName } from "./queue/queues.ts";
import { answer, type Working } from "./queue/work.ts";
import { openPublicSite } from "./public-site.ts";
import { openStore, type Store } from "./store/store.ts";

export type Deps = Awaited<ReturnType<typeof openDeps>>;

/** The addresses of the services, embedded or external (src/embedded/services.ts). */
export interface Services {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly smtpLookupUrl: string | null;
  /** Null or absent where there is no second relay. */
  readonly secondSmtpUrl?: string | null;
  readonly secondSmtpLookupUrl?: string | null;
  readonly timelineUrl: string | null;
}

export async function openDeps(settings: Settings, services: Services) {
  armFailpoints(settings.failpoint, settings.sending);
  const edges = await openEdges(settings, services);
  const { logger, secret, store, library, channels, channel, doorbell, render, watch } = edges;
  const stopFile = openStopFile(settings.dataDir);
  return {
    ...{ settings, services, logger, secret, store, library, channels, channel, doorbell, render, watch },
    stopFile,
    listNames: listNamesOf(secret),
    sealRule: sealedRuleOf(secret),
    channelKinds: [...channels.keys()],
    backendName: edges.backend.name,
    stopLink: (subscriberId: string, listKey: string | null = null) =>
      `${settings.publicUrl}/stop/${stopToken(secret, subscriberId, listKey)}`,
    preferencesLink: (subscriberId: string) =>
      `${settings.publicUrl}/preferences/${linkToken(secret, "preferences", subscriberId)}`,
    ...stopsByMail(secret, settings),
    stopByToken: (token: string) => stopByToken({ store, secret }, token, "mail"),
    whyNoBulk: (listKeys: readonly string[]) => whyNoBulk({ store, settings }, listKeys),
    answer: <Name extends QueueName>(
      name: Name,
      step: (payload: Payload<Name>) => Promise<unknown>,
    ): Working => answer(edges.backend, name, step, logger),
    // Loaded when first needed: with it comes MJML, which a process that only sends has no use for.
    preview: async (...[draft, wanted]: PreviewArguments) =>
      (await import("./journey/preview.ts")).preview({ channels, library }, draft, wanted),
    adoptStop: () => adoptStop({ store, stopFile, logger }),
    resolve: () => resolve({ store, channel }),
    close: (dispatchId: string | null) => close({ store }, dispatchId),
    surroundings: (): Promise<Surroundings & { zone: string; quiet: QuietHours | null }> =>
      surroundings({ store, library, channels, settings, secret }),
    /** Ends every connection; call it once, after workers and scheduler have closed. */
    end: () => edges.close(),
  };
}

/** A second way out, by writing to us: only where what comes to our return address is read. */
const stopsByMail = (secret: string, { bounceAddress }: Settings) =>
  bounceAddress === undefined
    ? {}
    : { stopAddress: (subscriberId: string) => stopAddress(secret, subscriberId, bounceAddress) };

/** What touches the world: disk, database, queue and channels. */
async function openEdges(settings: Settings, services: Services) {
  const logger = makeLogger({ level: settings.logLevel });
  const { redisUrl, queuePrefix: prefix, mailFrom, publicUrl } = settings;
  const secret = readSecret(settings.secretFile);
  const library = openLibrary(join(PROJECT, "templates"));
  const channels = await loadChannels();
  const backend = await openBackend({ databaseUrl: services.databaseUrl, redisUrl, prefix });
  const doorbell = openDoorbell(backend, logger);
  const store = openStore(services.databaseUrl);
  const site = openPublicSite(store.site, publicUrl);
  const register = openRegister(store, channels, {
    ...{ ...services, ...reachOf(settings), mailFrom, site },
    returns: returnsOf(settings, secret),
  });
  const { dataDir: dir, environment } = settings;
  const found = (restored: Parameters<typeof markRestored>[1]) => markRestored(dir, restored);
  const watch = openWatch({ store, dir, environment, found, logger });
  const apart = openRenderApart();
  const end = async (): Promise<void> => {
    await watch.close();
    await apart.close();
    await register.close();
    await doorbell.close();
    await backend.close();
    await store.close();
  };
  return {
    logger,
    secret,
    library,
    channels,
    store,
    backend,
    doorbell,
    watch,
    channel: register.channel,
    render: apart.render,
    close: end,
  };
}

/** Whom channels may reach: everybody the sandbox's own services take, or those on the allow-list. */
const reachOf = ({ sending, allowList }: Settings): Pick<Tools, "mayReach"> =>
  sending === "sandbox" ? {} : { mayReach: (address) => mayReach(allowList, address) };

/** The envelope sender of each delivery, where there is an address for what comes back. */
const returnsOf = (
  { bounceAddress: address }: Settings,
  secret: string,
): NonNullable<Tools["returns"]> | null =>
  address === undefined
    ? null
    : { address, of: (id, key) => returnAddress(address, returnToken(secret, id, key)) };

/** Channels are opened when they are first needed, with the settings of the partnership's own register. */
function openRegister(store: Store, channels: Registry, tools: Tools) {
  const opened = new Map<string, Promise<OpenChannel>>();
  const open = async (key: string): Promise<OpenChannel> => {
    const row = await store.sending.channel(key);
    const kind = row && channels.get(row.kind);
    if (!kind) throw new DomainError("no-such-channel", `There is no channel "${key}" in the register.`);
    return onlyReaching(kind.open(kind.settings.parse(row.settings), tools), tools.mayReach);
  };
  return {
    /** The urgent lane has connections of its own, so that it never waits for one behind a large dispatch. */
    channel: (key: string, lane: Lane): Promise<OpenChannel> => {
      const place = `${key}/${lane}`;
      const found = opened.get(place) ?? open(key);
      opened.set(place, found);
      found.catch(() => opened.delete(place));
      return found;
    },
    close: async (): Promise<void> => {
      for (const one of opened.values()) await one.then((channel) => channel.close()).catch(() => undefined);
    },
  };
}

async function surroundings({
  store,
  library,
  channels,
  settings,
  secret,
}: Pick<Deps, "store" | "library" | "channels" | "settings" | "secret">): Promise<
  Surroundings & { zone: string; quiet: QuietHours | null }
> {
  const setUp = await store.partnership.read();
  if (!setUp.partnership)
    throw new DomainError(
      "no-partnership",
      "There is no partnership yet. Set one up with: bellman apply config/partnership.example.yaml",
    );
  const { timezone: zone, name, strapline, strategyLine } = setUp.partnership;
  return {
    ...setUp,
    partnership: { name, strapline, strategyLine },
    zone,
    quiet: quietHoursOf(setUp.partnership),
    signposts: library.signposts(),
    publicUrl: settings.publicUrl,
    linkCode: linkCodeOf(secret),
    kinds: channels,
  };
}
