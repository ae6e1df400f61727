// Takes a backup of a test's database and puts it back in its place, as an operator would. Nothing may be connected meanwhile.
import pg from "pg";
import { copyDatabase, dropDatabase } from "./databases.ts";

export interface Backup {
  /** The database at its old address is as it was when the backup was taken. */
  readonly putBack: () => Promise<void>;
}

export async function takeBackup(url: string): Promise<Backup> {
  const kept = await copyDatabase(url);
  return {
    putBack: async () => {
      await dropDatabase(url);
      const client = new pg.Client({
        connectionString: Object.assign(new URL(url), { pathname: "/postgres" }).href,
      });
      await client.connect();
      try {
        const name = (address: string) => decodeURIComponent(new URL(address).pathname.slice(1));
        await client.query(`ALTER DATABASE "${name(kept)}" RENAME TO "${name(url)}"`);
      } finally {
        await client.end();
      }
    },
  };
}
