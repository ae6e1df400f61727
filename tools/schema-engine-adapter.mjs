// The database side of tools/schema-engine.mjs: Prisma's adapter for pg, with three of its faults (7.10) worked around.
import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

/** Runs `work` with a connection to `url`, and ends it. */
async function connected(url, work) {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The server's own database, from which others are created and dropped; and the name of the one `url` means. */
function fromOutside(url) {
  const outside = new URL(url);
  const name = decodeURIComponent(outside.pathname.slice(1));
  outside.pathname = "/postgres";
  outside.search = "";
  return { outside: outside.href, name };
}

export const canConnect = (url) => connected(url, () => undefined);

export async function createDatabase(url) {
  const { outside, name } = fromOutside(url);
  await connected(outside, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
  return name;
}

async function dropDatabase(url) {
  const { outside, name } = fromOutside(url);
  await connected(outside, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

// Fault 1: the adapter cannot map the catalogues' one-byte type "char" (oid 18), and the engine insists on Character.
// Such a column is let through as text (oid 25) under a marked name, and gets its type back afterwards.
const [CHAR, TEXT, MARK] = [18, 25, "\u0001"];

class CatalogClient extends pg.Client {
  constructor(config) {
    super(config);
    this.connection.on("rowDescription", ({ fields }) => {
      for (const field of fields.filter((one) => one.dataTypeID === CHAR)) {
        field.dataTypeID = TEXT;
        field.name += MARK;
      }
    });
  }
}

function withChar(queryable) {
  const raw = queryable.queryRaw.bind(queryable);
  queryable.queryRaw = async (query) => {
    const result = await raw(query);
    result.columnNames.forEach((name, index) => {
      if (!name.endsWith(MARK)) return;
      result.columnNames[index] = name.slice(0, -1);
      result.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return result;
  };
  if (queryable.startTransaction) {
    const begin = queryable.startTransaction.bind(queryable);
    queryable.startTransaction = async (...options) => withChar(await begin(...options));
  }
  return queryable;
}

/** Fault 2: the adapter cuts a script at every ";", also inside comments and functions. The server can read it whole. */
function mended(connection) {
  connection.executeScript = async (script) => {
    await connection.client.query(script).catch((fault) => connection.onError(fault));
  };
  return withChar(connection);
}

function factoryFor(url) {
  const pool = new pg.Pool({ connectionString: url, Client: CatalogClient, max: 4 });
  return new PrismaPg(pool, { disposeExternalPool: true });
}

/** Prisma's adapter factory for `url`. `shadowUrl`: a database to try migrations on; without it one is made and dropped. */
export function adapterFor(url, shadowUrl) {
  const factory = factoryFor(url);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => mended(await connect());
  // Fault 3: the adapter's own connectToShadowDb keeps the connection string, which in pg wins over `database`: it would
  // connect to, and reset, the MAIN database. It must never be called.
  factory.connectToShadowDb = () => (shadowUrl ? shadowAt(shadowUrl) : throwAwayShadow(url));
  return factory;
}

const shadowAt = async (url) => mended(await factoryFor(url).connect());

async function throwAwayShadow(url) {
  const name = "prisma_shadow_" + randomUUID().replaceAll("-", "");
  const target = Object.assign(new URL(url), { pathname: "/" + name }).href;
  await createDatabase(target);
  const connection = await shadowAt(target);
  const dispose = connection.dispose.bind(connection);
  connection.dispose = async () => {
    await dispose();
    await dropDatabase(target);
  };
  return connection;
}
