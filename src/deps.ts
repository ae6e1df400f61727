// The composition root: settings and services in, everything wired out. The only place where the real edges meet.
import { join } from "node:path";
import { PROJECT, type Settings } from "../config/env.ts";
import { stopToken } from "./audience/stop-token.ts";
import { loadChannels } from "./channels/registry.ts";
import type { OpenChannel, Tools } from "./channels/channel.ts";
import type { Surroundings } from "./domain/issue-draft.ts";
import { DomainError } from "./domain/errors.ts";
import { close } from "./journey/close.ts";
import { preview } from "./journey/preview.ts";
import { resolve } from "./journey/resolve.ts";
import { makeLogger } from "./lib/logger.ts";
import { readSecret } from "./lib/secret.ts";
import { openLibrary } from "./library/library.ts";
import { openBackend } from "./queue/backend.ts";
import { openDoorbell } from "./queue/doorbell.ts";
import type { Payload, QueueName } from "./queue/queues.ts";
import { answer, type Working } from "./queue/work.ts";
import { openPublicSite } from "./public-site.ts";
import { openStore } from "./store/store.ts";

export type Deps = Awaited<ReturnType<typeof openDeps>>;

/** The addresses of the services, embedded or external (src/embedded/services.ts). */
export interface Services {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly smtpLookupUrl: string | null;
  readonly timelineUrl: string | null;
}

export async function openDeps(settings: Settings, services: Services) {
  const logger = makeLogger({ level: settings.logLevel });
  const secret = readSecret(settings.secretFile);
  const library = openLibrary(join(PROJECT, "templates"));
  const channels = await loadChannels();
  const store = openStore(services.databaseUrl);
  const backend = await openBackend({ databaseUrl: services.databaseUrl, redisUrl: settings.redisUrl, prefix: settings.queuePrefix });
  const doorbell = openDoorbell(backend, logger);

  const tools: Tools = { ...services, mailFrom: settings.mailFrom, site: openPublicSite(store.site, settings.publicUrl) };
  const open = new Map<string, Promise<OpenChannel>>();
  const channel = (key: string): Promise<OpenChannel> => {
    const opened = open.get(key) ?? openChannel(key);
    open.set(key, opened);
    opened.catch(() => open.delete(key));
    return opened;
  };
  const openChannel = async (key: string): Promise<OpenChannel> => {
    const row = await store.sending.channel(key);
    const kind = row && channels.get(row.kind);
    if (!kind) throw new DomainError("no-such-channel", `There is no channel "${key}" in the register.`);
    return kind.open(kind.settings.parse(row.settings), tools);
  };

  const stopLink = (subscriberId: string) => `${settings.publicUrl}/stop/${stopToken(secret, subscriberId)}`;
  const answering = <Name extends QueueName>(name: Name, step: (payload: Payload<Name>) => Promise<unknown>): Working =>
    answer(backend, name, step, logger);

  const base = { settings, services, secret, logger, store, library, channels, doorbell, channel, stopLink, answer: answering };
  return {
    ...base,
    channelKinds: [...channels.keys()],
    backendName: backend.name,
    preview: (...args: Parameters<typeof preview> extends [unknown, ...infer Rest] ? Rest : never) => preview({ channels, library }, ...args),
    resolve: () => resolve({ store, channel }),
    close: (dispatchId: string | null) => close({ store }, dispatchId),
    surroundings: (): Promise<Surroundings & { zone: string }> => surroundings(base),
    /** Ends every connection; call it once, after workers and scheduler have closed. */
    async end(): Promise<void> {
      for (const opened of open.values()) await opened.then((one) => one.close()).catch(() => undefined);
      await doorbell.close();
      await backend.close();
      await store.close();
    },
  };
}

async function surroundings({
  store,
  library,
  channels,
  settings,
}: Pick<Deps, "store" | "library" | "channels" | "settings">): Promise<Surroundings & { zone: string }> {
  const setUp = await store.partnership.read();
  if (!setUp.partnership)
    throw new DomainError("no-partnership", "There is no partnership yet. Set one up with: bellman apply config/partnership.example.yaml");
  const { timezone: zone, ...partnership } = setUp.partnership;
  return { ...setUp, partnership, zone, signposts: library.signposts(), publicUrl: settings.publicUrl, kinds: channels };
}
