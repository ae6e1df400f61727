// Reads the address of a Redis: one server, one watched by Sentinels, or a Cluster. Pure; connects to nothing.

export interface Place {
  readonly host: string;
  readonly port: number;
}
interface Access {
  readonly username?: string;
  readonly password?: string;
}
export type RedisAddress =
  | { readonly kind: "single"; readonly url: string; readonly places: readonly Place[] }
  | ({
      readonly kind: "sentinel";
      readonly places: readonly Place[];
      readonly name: string;
      readonly db: number;
    } & Access)
  | ({ readonly kind: "cluster"; readonly places: readonly Place[] } & Access);

const SHAPE =
  /^redis-(?<kind>sentinel|cluster):\/\/(?:(?<access>[^@/?]*)@)?(?<hosts>[^@/?]+)(?:\/(?<name>[^/?]*))?(?:\?db=(?<db>\d{1,4}))?$/;
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

/**
 * `redis://`, `rediss://` as everywhere; `redis-sentinel://user:password@host:26379,host:26379/master?db=0`;
 * `redis-cluster://user:password@host:7000,host:7001`. User and password are those of Redis itself. Null: none of these.
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  if (/^rediss?:\/\//.test(text)) return single(text);
  const found = SHAPE.exec(text)?.groups as Groups | undefined;
  if (!found) return null;
  const places = found.hosts.split(",").map((host) => place(host, PORTS[found.kind]));
  const sure = places.filter((one) => one !== null);
  const who = readAccess(found.access ?? "");
  if (sure.length !== places.length || who === null) return null;
  return found.kind === "cluster" ? cluster(found, sure, who) : sentinel(found, sure, who);
}

interface Groups {
  readonly kind: "sentinel" | "cluster";
  readonly access?: string;
  readonly hosts: string;
  readonly name?: string;
  readonly db?: string;
}

/** A Cluster has one database and no name. */
const cluster = ({ name, db }: Groups, places: readonly Place[], who: Access): RedisAddress | null =>
  name || db !== undefined ? null : { kind: "cluster", places, ...who };

const sentinel = ({ name, db }: Groups, places: readonly Place[], who: Access): RedisAddress | null =>
  name ? { kind: "sentinel", places, name, db: Number(db ?? 0), ...who } : null;

function single(url: string): RedisAddress | null {
  if (!URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "") || "127.0.0.1";
  return { kind: "single", url, places: [{ host, port: Number(port || PORTS.single) }] };
}

function place(text: string, port: number): Place | null {
  const [, six, name, given] = /^(?:\[([0-9a-f:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text.trim()) ?? [];
  const host = six ?? name;
  const at = Number(given ?? port);
  return host === undefined || at < 1 || at > 65_535 ? null : { host, port: at };
}

function readAccess(text: string): Access | null {
  if (text === "") return {};
  const [, username = "", password = ""] = /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  try {
    return {
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
    };
  } catch {
    return null;
  }
}

/** Where it is, without a password: for sentences and log lines. */
export const sayRedis = (text: string): string =>
  (parseRedisAddress(text)?.places ?? []).map(({ host, port }) => `${host}:${port}`).join(", ");
