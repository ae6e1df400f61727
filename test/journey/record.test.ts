// The record after a real campaign: whole, and unable to be changed unseen.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { bellman } from "../support/command.ts";
import { folders } from "../support/folder.ts";
import { runWhole, withHouse } from "../support/sample.ts";

let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 40 });
const newFolder = folders();

beforeAll(async () => {
  await runWhole(house(), "recorded");
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});

const verify = () =>
  bellman(["log", "verify"], { DATABASE_URL: databaseUrl(), BELLMAN_DATA_DIR: newFolder() });
/** As somebody who owns the database could: the triggers are switched off. */
const tamper = async (sql: string) => {
  await client.query("SET session_replication_role = replica");
  await client.query(sql);
  await client.query("SET session_replication_role = DEFAULT");
};

test("an untouched log is whole", async () => {
  expect(await verify()).toMatchObject({
    code: 0,
    out: expect.stringContaining("The log is whole"),
  });
});

test("the program's own account cannot change, remove or empty the log", async () => {
  for (const sql of ["UPDATE log_entry SET at = at", "DELETE FROM log_entry", "TRUNCATE log_entry"])
    await expect(client.query(sql)).rejects.toThrow("append-only");
});

test("one changed byte is found, and its entry named", async () => {
  const { rows } = await client.query<{ body: string }>("SELECT body FROM log_entry WHERE seq = 7");
  const before = rows[0]?.body ?? "";
  await tamper(
    `UPDATE log_entry SET body = overlay(body placing CASE substr(body, length(body) - 3, 1) WHEN '7' THEN '8' ELSE '7' END
                                        from length(body) - 3 for 1) WHERE seq = 7`,
  );
  const found = await verify();
  await tamper(`UPDATE log_entry SET body = '${before.replaceAll("'", "''")}' WHERE seq = 7`);
  expect(found).toMatchObject({ code: 1, err: "bellman: Entry 7 was changed after it was written.\n" });
  expect(await verify()).toMatchObject({ code: 0 });
});

test("a removed entry is found, and its place named", async () => {
  await client.query("BEGIN");
  await client.query(
    "CREATE TEMP TABLE kept AS SELECT seq, at, body, prev_hash, hash FROM log_entry WHERE seq = 5",
  );
  await client.query("COMMIT");
  await tamper("DELETE FROM log_entry WHERE seq = 5");
  const found = await verify();
  await tamper("INSERT INTO log_entry (seq, at, body, prev_hash, hash) SELECT * FROM kept");
  expect(found).toMatchObject({ code: 1, err: expect.stringContaining("Entry 5 is missing") });
});

test("no address or name of a member of the public is in any line", async () => {
  const people = await client.query<{ email: string; first_name: string | null }>(
    "SELECT email, first_name FROM subscriber",
  );
  const { rows } = await client.query<{ body: string }>("SELECT body FROM log_entry");
  const all = rows.map((row) => row.body).join("\n");
  for (const { email } of people.rows) expect(all).not.toContain(email);
});

test("an approver cannot sign off what they submitted, even past the program", async () => {
  const { rows } = await client.query<{ communication_id: string }>(
    "SELECT communication_id FROM sign_off LIMIT 1",
  );
  const insert = `INSERT INTO sign_off (communication_id, agency_key, submitted_by, decided_by, decision, content_hash)
    VALUES ('${rows[0]?.communication_id}', 'police', 'A@example.org', 'a@example.org', 'approved', 'x')`;
  await expect(client.query(insert)).rejects.toThrow("sign_off_four_eyes");
});
