// One person's data, a sensitive list, complaints and retention, as somebody at the command line does them.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { complain } from "../../src/audience/complaints.ts";
import { type Ran, bellman } from "../support/command.ts";
import { folders } from "../support/folder.ts";
import { withHouse } from "../support/sample.ts";

const { house } = withHouse({ people: 3 });
const newFolder = folders();
const [OWNER, SECOND] = ["ruth.adeyemi@voluntary.example.org", "tom.ellery@council.example.org"];
let cli: (...args: string[]) => Promise<Ran>;
beforeAll(() => {
  const { dataDir, databaseUrl = "" } = house().deps.settings;
  cli = (...args) => bellman(args, { BELLMAN_DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
});
const json = ({ code, out, err }: Ran): unknown => {
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
};
const somebody = async (): Promise<string> => {
  const { deps } = house();
  const made = await complain(deps, { email: "cli@example.org", about: "other", words: "What do you hold?" });
  if (!made.ok) throw new Error(made.why);
  return made.reference;
};

test("everything held of a person is one JSON object; a complaint alone is not erased", async () => {
  await somebody();
  const address = "CLI@example.org";
  expect(json(await cli("subscribers", "access", address, "--by", SECOND))).toMatchObject({
    complaints: [{ words: "What do you hold?" }],
  });
  const none = await cli("subscribers", "access", "nobody@example.org", "--by", SECOND);
  expect(json(none)).toEqual({ held: "nothing" });
  const wrong = await cli("subscribers", "access", "nobody", "--by", SECOND);
  expect(wrong.code).toBe(1);
  expect(wrong.err).not.toContain("nobody");
  const erased = await cli("subscribers", "erase", address, "--by", SECOND, "--json");
  expect(json(erased)).toEqual({ erased: null });
}, 120_000);

test("a sensitive list leaves when two people say so, into a file that only its owner reads", async () => {
  const out = join(newFolder(), "circle.csv");
  const take = (...more: string[]) =>
    cli("subscribers", "export", "--list", "circle-7", "--by", OWNER, "--out", out, ...more);
  const alone = await take();
  expect(alone.code).toBe(1);
  expect(alone.err).toContain("only when two people say so");
  const order = ["--list", "circle-7", "--by", OWNER, "--reason", "a letter by post"];
  const asked = await cli("subscribers", "export-request", ...order, "--json");
  const { request } = json(asked) as { request: string };
  const agreed = await cli("subscribers", "export-agree", request, "--by", SECOND, "--json");
  expect(json(agreed)).toMatchObject({ agreedBy: SECOND });
  expect(json(await take("--request", request, "--json"))).toMatchObject({ list: "circle-7", people: 0 });
  expect(readFileSync(out, "utf8")).toContain("email,first_name");
  expect(statSync(out).mode & 0o777).toBe(0o600);
}, 120_000);

test("a complaint is listed without its address, acknowledged, and answered once", async () => {
  const reference = await somebody();
  const list = await cli("complaints", "list");
  expect(list.out).toContain(reference);
  expect(list.out).not.toContain("@");
  const acknowledged = await cli("complaints", "acknowledge", reference, "--by", SECOND);
  expect(acknowledged.out).toContain("is acknowledged");
  const answer = () => cli("complaints", "answer", reference, "--outcome", "Put right.", "--by", SECOND);
  expect((await answer()).code).toBe(0);
  expect((await answer()).code).toBe(1);
  expect((await cli("complaints", "show", reference)).out).toContain("Put right.");
}, 120_000);

test("retention says what would go and deletes nothing, then deletes it", async () => {
  const { store } = house().deps;
  const over = json(await cli("retention", "run", "--dry-run", "--json"));
  expect(over).toMatchObject({ wouldGo: await store.retention.over() });
  expect(json(await cli("retention", "run", "--by", SECOND, "--json"))).toEqual({ deleted: {} });
  expect((await cli("retention", "show")).out).toContain("Consents that ended");
}, 120_000);
