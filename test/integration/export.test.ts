// Lists out, and one person's data: what a spreadsheet gets, two people for a sensitive list, everything in one search, and gone (H77, H78, LAW5, LAW6, LAW11).
import { expect, test } from "@jest/globals";
import { agreeExport, exportList, requestExport } from "../../src/audience/export.ts";
import { accessPerson, erasePerson, keptAfterErasure } from "../../src/audience/person-data.ts";
import { sealedInterest } from "../../src/audience/sealed-topic.ts";
import { BY, HEAD, LIST, notWell, personRow, withImports } from "../support/importing.ts";

const { house, rows, taken, hash } = withImports();
const OWNER = "ruth.adeyemi@voluntary.example.org";
const SECOND = "tom.ellery@council.example.org";

async function out(listKey = LIST, by = BY, requestId: string | null = null): Promise<string> {
  let text = "";
  await exportList(house().deps, { listKey, by, requestId }, (piece) =>
    Promise.resolve(void (text += piece)),
  );
  return text;
}

test("who may be written to leaves as text that nothing runs, on record before the first row; read in again it is the same", async () => {
  const people = [
    personRow("=cmd@example.org", '"=HYPERLINK(""http://evil.example"")"'),
    personRow("+44@example.org", "+44 20 7946 0000"),
    personRow("siân@example.org".replace("â", "a"), '"Siân, ""the one"""'),
    personRow("stopped@example.org"),
  ];
  await taken(`${HEAD},interests\n${people.map((one) => `${one},abuse-support|scams`).join("\n")}\n`);
  await rows("INSERT INTO suppression (email_hash, reason) VALUES ($1, 'page')", [
    hash("stopped@example.org"),
  ]);
  const text = await out();
  expect(text.startsWith("\ufeffemail,first_name,")).toBe(true);
  expect(text).toContain(`"'=cmd@example.org","'=HYPERLINK(""http://evil.example"")"`);
  expect(text).toContain(`"'+44@example.org","'+44 20 7946 0000"`);
  expect(text).toContain("abuse-support|scams");
  expect(text).not.toContain("stopped@");
  for (const line of text.slice(1).split("\r\n"))
    for (const cell of line.split(",")) expect(cell).not.toMatch(/^"?[=+@-]/);
  const [entry] = await house().deps.store.log.list({ limit: 1 });
  expect(JSON.parse(entry?.body ?? "")).toMatchObject({
    kind: "list.exported",
    actor: BY,
    facts: { list: LIST, people: 3 },
  });
  const people1 = await rows(
    "SELECT email, first_name, interests FROM subscriber WHERE email_hash <> $1 ORDER BY email",
    [hash("stopped@example.org")],
  );
  await rows("TRUNCATE subscriber, consent, import, audience_cell CASCADE");
  expect(await taken(text)).toMatchObject({ joined: 3, refused: 0, ignored: [] });
  expect(await rows("SELECT email, first_name, interests FROM subscriber ORDER BY email")).toEqual(people1);
});

test("another agency's list is sent to, never read", async () => {
  expect((await notWell(out(LIST, "priya.nair@police.example.org"))).code).toBe("not-yours");
  expect((await notWell(out(LIST, "nobody@example.org"))).code).toBe("not-yours");
  expect((await notWell(out("no-list"))).code).toBe("no-such-list");
});

test("a sensitive list leaves when two people say so, once", async () => {
  await taken(`${HEAD}\n${personRow("ann@example.org")}\n`, { listKey: "circle-7" });
  expect((await notWell(out("circle-7", OWNER))).code).toBe("two-people");
  const ask = { listKey: "circle-7", by: OWNER, why: "a letter by post" };
  expect((await notWell(requestExport(house().deps, { ...ask, why: " " }))).code).toBe("no-reason");
  const id = await requestExport(house().deps, ask);
  expect((await notWell(out("circle-7", OWNER, id))).code).toBe("two-people");
  for (const by of [OWNER, OWNER.toUpperCase(), "maya.okafor@council.example.org", "stranger@example.org"])
    expect((await notWell(agreeExport(house().deps, { id, by }))).code).toBe("second-person");
  await agreeExport(house().deps, { id, by: SECOND });
  expect(
    (await notWell(out(LIST, BY, "not-an-id").then(() => agreeExport(house().deps, { id, by: SECOND }))))
      .code,
  ).toBe("no-such-request");
  expect(await out("circle-7", OWNER, id)).toContain("ann@example.org");
  expect((await notWell(out("circle-7", OWNER, id))).code).toBe("two-people");
  const old = await requestExport(house().deps, ask);
  await agreeExport(house().deps, { id: old, by: SECOND });
  await rows("UPDATE export_request SET agreed_at = now() - interval '8 days' WHERE id = $1", [old]);
  expect((await notWell(out("circle-7", OWNER, old))).code).toBe("two-people");
});

test("everything held of a person comes out in one search, and the log does not say whose", async () => {
  await taken(`${HEAD},interests\n${personRow("Ann.Lee@example.org")},abuse-support\n`, {
    listKey: "circle-7",
  });
  await rows(
    "INSERT INTO complaint (reference, email, about, words, acknowledge_by) VALUES ('C-1', 'ANN.LEE@example.org', 'data', 'words', now()) ON CONFLICT DO NOTHING",
  );
  await rows("INSERT INTO objection (email_hash, list_key, reason) VALUES ($1, $2, 'page')", [
    hash("ann.lee@example.org"),
    LIST,
  ]);
  const held = await accessPerson(house().deps, { address: " ANN.LEE@EXAMPLE.ORG ", by: BY });
  expect(held).toMatchObject({
    profile: { email: "Ann.Lee@example.org", first_name: "Ann", interests: ["abuse-support"] },
    consents: [
      {
        list: "circle-7",
        name: "Help after abuse at home",
        basis: "consent",
        wording: "2026-1",
        words: expect.stringContaining("help after abuse") as unknown,
      },
    ],
    objections: [{ list_key: LIST }],
    complaints: [{ reference: "C-1" }],
  });
  expect(JSON.stringify(held)).not.toContain(hash("ann.lee@example.org"));
  const [entry] = await house().deps.store.log.list({ limit: 1 });
  expect(entry?.body).toContain("subscriber.accessed");
  expect(entry?.body.toLowerCase()).not.toContain("ann.lee");
  expect(await accessPerson(house().deps, { address: "nobody@example.org", by: BY })).toBeNull();
  expect((await notWell(accessPerson(house().deps, { address: "nobody", by: BY }))).message).not.toContain(
    "nobody",
  );
});

test("erasing leaves a keyed hash that no import gets past, evidence without the person, and right counts", async () => {
  await taken(`${HEAD}\n${personRow("ann@example.org")}\n${personRow("bob@example.org", "Bob")}\n`);
  await rows(
    "INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at) VALUES ('ann@example.org', $1, '{}', '{}', 'page', now())",
    [hash("ann@example.org")],
  );
  const erased = await erasePerson(house().deps, { address: "ANN@example.org", by: BY });
  expect(erased).toMatchObject({ profile: true, consents: 1, signUps: 1, deliveries: 0 });
  expect(keptAfterErasure(erased ?? ({} as never)).join(" ")).toContain("keyed hash");
  expect(await rows("SELECT email FROM subscriber")).toEqual([{ email: "bob@example.org" }]);
  expect(await rows("SELECT list_key, basis, end_reason FROM former_consent")).toEqual([
    { list_key: LIST, basis: "consent", end_reason: "withdrawn" },
  ]);
  expect(await rows("SELECT 1 FROM sign_up WHERE email_hash = $1", [hash("ann@example.org")])).toEqual([]);
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
  expect(await taken(`${HEAD}\n${personRow("ann@example.org", "Again")}\n`)).toMatchObject({
    joined: 0,
    stopped: 1,
    new: 0,
  });
  expect(await erasePerson(house().deps, { address: "ann@example.org", by: BY })).toBeNull();
  expect(await accessPerson(house().deps, { address: "ann@example.org", by: BY })).toMatchObject({
    stopped: { reason: "erased" },
    former_consents: [{ list_key: LIST }],
  });
  const entries = await house().deps.store.log.list({ limit: 50 });
  expect(entries.some(({ body }) => body.includes("subscriber.erased"))).toBe(true);
  for (const { body } of entries) expect(body).not.toMatch(/ann@|bob@/i);
});

test("letters are in the answer to a person too, and what a sign-up holds sealed is opened", async () => {
  const address = "letters@example.org";
  await taken(`${HEAD}\n${personRow(address)}\n`);
  await rows(
    `INSERT INTO letter (kind, about, email_hash, state, useful_until, ended_at)
     SELECT 'everything', id, email_hash, 'sent', now(), now() FROM subscriber WHERE email_hash = $1`,
    [hash(address)],
  );
  const interests = [sealedInterest(house().deps.secret, "abuse-support")];
  await rows(
    "INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at) VALUES ($1, $2, '{circle-7}', $3, 'join page', now())",
    [address, hash(address), JSON.stringify({ interests })],
  );
  const held = await accessPerson(house().deps, { address, by: BY });
  expect(held).toMatchObject({
    letters: [{ kind: "everything", state: "sent" }],
    sign_ups: [{ answers: { interests: ["abuse-support"] } }],
  });
  expect(JSON.stringify(held)).not.toContain(hash(address));
});

test("the record never counts few people of a sensitive list, coming in or going out (LAW6)", async () => {
  await taken(`${HEAD}\n${personRow("ann@example.org")}\n`, { listKey: "circle-7" });
  const id = await requestExport(house().deps, { listKey: "circle-7", by: OWNER, why: "a letter by post" });
  await agreeExport(house().deps, { id, by: SECOND });
  await out("circle-7", OWNER, id);
  const entries = (await house().deps.store.log.list({ limit: 20 })).map(
    ({ body }) => JSON.parse(body) as { kind: string; facts: Record<string, unknown> },
  );
  for (const kind of ["list.imported", "list.exported"]) {
    const facts = entries.find((entry) => entry.kind === kind)?.facts ?? {};
    expect(facts).toMatchObject({ list: "circle-7" });
    expect(Object.values(facts).filter((value) => typeof value === "number" && value > 0)).toEqual([]);
  }
});

test("who decided over a list when somebody agreed stays on record when that changes", async () => {
  await taken(`${HEAD}\n${personRow("decided@example.org")}\n`);
  const [before] = await rows<{ controllers: string[] }>("SELECT controllers FROM list WHERE key = $1", [
    LIST,
  ]);
  await rows("UPDATE list SET controllers = '{Somebody Else}' WHERE key = $1", [LIST]);
  const held = await accessPerson(house().deps, { address: "decided@example.org", by: BY });
  await rows("UPDATE list SET controllers = $2 WHERE key = $1", [LIST, before?.controllers]);
  expect(held).toMatchObject({ consents: [{ decided_then: before?.controllers }] });
});
