// Loses everything that BullMQ keeps in a database, as an operator's TRUNCATE would.
import pg from "pg";

export async function emptyQueueTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    );
    await client.query(`TRUNCATE ${rows.map((row) => row.name).join(", ")}`);
  } finally {
    await client.end();
  }
}
