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
  const { kind, access = "", hosts = "", name = "", db } = SHAPE.exec(text)?.groups ?? {};
  if (kind !== "sentinel" && kind !== "cluster") return null;
  const places = hosts.split(",").map((host) => place(host, PORTS[kind]));
  const sure = places.filter((one) => one !== null);
  const who = readAccess(access);
  if (sure.length !== places.length || who === null) return null;
  if (kind === "cluster") return name === "" && db === undefined ? { kind, places: sure, ...who } : null;
  return name === "" ? null : { kind, places: sure, name, db: Number(db ?? 0), ...who };
}

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
