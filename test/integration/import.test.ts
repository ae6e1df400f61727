// Lists from files against real PostgreSQL: what comes in, what stays out, what is told, and that it is all or nothing (H1, H3, H7-H9, H12, H16).
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { HEAD, LIST, notWell, personRow, withImports } from "../support/importing.ts";

const { house, rows, bring, taken, hash, names, expectNothing } = withImports();

test("people come in with their consent, are counted, and the log says how many and never who", async () => {
  const result = await taken(
    `${HEAD},groups,interests,ward,shoe size\n${personRow("Ann.Lee@Example.org")},businesses,abuse-support|scams,Harbour,7\n${personRow("bob@example.org", "Bob")},,,,\n`,
  );
  expect(result).toMatchObject({
    kind: "taken",
    rows: 2,
    joined: 2,
    new: 2,
    refused: 0,
    ignored: ["shoe size"],
  });
  const [ann] = await rows(
    "SELECT email, first_name, area_code, groups, interests FROM subscriber ORDER BY email LIMIT 1",
  );
  expect(ann).toMatchObject({
    email: "Ann.Lee@example.org",
    first_name: "Ann",
    area_code: "ALW-10",
    groups: ["businesses"],
  });
  expect(ann?.interests).toEqual([expect.stringMatching(/^~[0-9a-f]{20}$/), "scams"]);
  expect(
    await rows("SELECT list_key, basis, wording, source, given_at::date::text AS day FROM consent LIMIT 1"),
  ).toEqual([{ list_key: LIST, basis: "consent", wording: "2026-1", source: "form", day: "2026-03-31" }]);
  expect(await rows("SELECT sum(people)::int AS n FROM audience_cell")).toEqual([{ n: 2 }]);
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
  const [entry] = await house().deps.store.log.list({ limit: 1 });
  expect(entry?.body).toContain('"joined":2');
  expect(entry?.body).not.toContain("Ann");
  expect(await rows("SELECT 1 FROM import_row")).toEqual([]);
});

test("H1: one row too many, and nobody is taken", async () => {
  const many = `email\n${"a@b.example\n".repeat(1_000_001)}`;
  expect((await notWell(bring(many))).code).toBe("too-many-rows");
  await expectNothing();
}, 300_000);

test("H3: bad rows are told by number and column, the others are taken; with strict nobody is", async () => {
  const content = `${HEAD}\n${personRow("ann@example.org")}\nx"y,${personRow("b@example.org")}\n${personRow("not an address")}\n${personRow("cid@example.org")},one,too,many\n${personRow("dee@example.org")}\n`;
  const { notes, ...result } = await taken(content);
  expect(result).toMatchObject({ rows: 5, joined: 2, refused: 3 });
  expect(notes.map(({ rowNo, field }) => [rowNo, field])).toEqual([
    [3, "row"],
    [4, "email"],
    [5, "row"],
  ]);
  expect(await house().deps.store.imports.notes(result.importId, { limit: 10 })).toEqual(notes);
  await rows("TRUNCATE subscriber, consent, import, import_refusal, audience_cell CASCADE");
  const error = await notWell(bring(content, { strict: true }));
  expect(error).toMatchObject({
    code: "rows-refused",
    faults: [
      expect.stringContaining("Row 3"),
      expect.stringContaining("Row 4, email"),
      expect.stringContaining("Row 5"),
    ],
  });
  await expectNothing();
});

test("H7: the same person twice is one person; the row with a consent counts, and it is told", async () => {
  const result = await taken(
    `${HEAD}\nANN@example.org,Ann,,,,\n${personRow("ann@EXAMPLE.org", "Annie")}\n${personRow("a.nn@example.org")}\n${personRow("ann+x@example.org")}\n`,
  );
  expect(result).toMatchObject({ rows: 4, people: 3, joined: 3, duplicates: 1 });
  expect(await names()).toEqual(["Ann", "Ann", "Annie"]);
  const notes = await house().deps.store.imports.notes(result.importId, { limit: 10 });
  expect(notes.find(({ became }) => became === "duplicate")).toMatchObject({
    rowNo: 2,
    why: "is the same person as row 3, so that row counts",
  });
});

test("H8: who stopped everything stays stopped and is not written down again; who left the list is not put back", async () => {
  await taken(
    `${HEAD}\n${["stopped", "erased", "left", "withdrew"].map((who) => personRow(`${who}@example.org`)).join("\n")}\n`,
  );
  await rows("INSERT INTO suppression (email_hash, reason) VALUES ($1, 'page'), ($2, 'erased')", [
    hash("stopped@example.org"),
    hash("erased@example.org"),
  ]);
  await rows("DELETE FROM subscriber WHERE email_hash = $1", [hash("erased@example.org")]);
  await rows("INSERT INTO objection (email_hash, list_key, reason) VALUES ($1, $2, 'page')", [
    hash("left@example.org"),
    LIST,
  ]);
  await rows(
    "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE subscriber_id IN (SELECT id FROM subscriber WHERE email_hash = ANY ($1))",
    [[hash("left@example.org"), hash("withdrew@example.org")]],
  );
  const result = await taken(
    `${HEAD}\n${["stopped", "erased", "left", "withdrew", "new"].map((who) => personRow(`${who}@example.org`, "Again")).join("\n")}\n`,
  );
  expect(result).toMatchObject({ joined: 1, stopped: 4, new: 1 });
  const standing = await rows<{ email: string }>(
    "SELECT s.email FROM consent c JOIN subscriber s ON s.id = c.subscriber_id WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)",
  );
  expect(standing).toEqual([{ email: "new@example.org" }]);
  expect(await rows("SELECT 1 FROM subscriber WHERE email_hash = $1", [hash("erased@example.org")])).toEqual(
    [],
  );
  expect(
    await rows("SELECT 1 FROM import_refusal WHERE became = 'stopped' AND import_id = $1", [result.importId]),
  ).toHaveLength(4);
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
});

test("a consent that lapsed comes back only with a newer one", async () => {
  await taken(`${HEAD}\n${personRow("a@example.org")}\n${personRow("b@example.org")}\n`);
  await rows("UPDATE consent SET withdrawn_at = now(), end_reason = 'lapsed'");
  const result = await taken(
    `${HEAD}\n${personRow("a@example.org")}\nb@example.org,B,consent,2026-1,form,2026-06-01\n`,
  );
  expect(result).toMatchObject({ joined: 1, parked: 1 });
});

test("H9: without a consent that could be shown people are kept and not written to; with one said for all they are", async () => {
  const result = await taken("email\nann@example.org\nbob@example.org\n");
  expect(result).toMatchObject({
    joined: 0,
    parked: 2,
    withoutConsent: 2,
    missing: ["basis", "wording", "source", "given_at"],
    notes: [],
  });
  expect(await rows("SELECT 1 FROM consent")).toEqual([]);
  const consent = { basis: "consent", wording: "2026-1", source: "stall at the fair", givenAt: "31/03/2026" };
  expect(await taken("email\nann@example.org\nbob@example.org\n\n", { consent })).toMatchObject({
    joined: 2,
    new: 0,
  });
  expect(
    (await notWell(bring("email\nc@example.org\n", { consent: { ...consent, givenAt: "tomorrow" } }))).code,
  ).toBe("bad-consent");
});

test("H12: the same file into the same list is nothing new; into another list it is", async () => {
  const content = `${HEAD}\n${personRow("ann@example.org")}\n`;
  const first = await taken(content);
  const before = await rows(
    "SELECT (SELECT count(*) FROM log_entry)::int AS log, (SELECT count(*) FROM import)::int AS imports",
  );
  expect(await bring(content)).toMatchObject({ kind: "same", importId: first.importId });
  expect(
    await rows(
      "SELECT (SELECT count(*) FROM log_entry)::int AS log, (SELECT count(*) FROM import)::int AS imports",
    ),
  ).toEqual(before);
  expect(await taken(content, { listKey: "warnings" })).toMatchObject({ joined: 1, new: 0 });
});

test("H12: twice at once is taken once", async () => {
  const content = `${HEAD}\n${Array.from({ length: 2_000 }, (_, i) => personRow(`p${i}@example.org`)).join("\n")}\n`;
  const both = await Promise.all([bring(content), bring(content)]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(["same", "taken"]);
  expect(await rows("SELECT count(*)::int AS n FROM consent")).toEqual([{ n: 2_000 }]);
});

test("two imports at once of people who overlap: everybody is there once, in both lists, and the counts are right", async () => {
  const people = (from: number, to: number) =>
    `${HEAD}\n${Array.from({ length: to - from }, (_, i) => personRow(`p${to - 1 - i}@example.org`)).join("\n")}\n`;
  const both = await Promise.all([
    taken(people(0, 3_000)),
    taken(people(1_000, 4_000)),
    taken(people(500, 3_500), { listKey: "warnings" }),
  ]);
  expect(both.reduce((sum, one) => sum + one.new, 0)).toBe(4_000);
  expect(both[0].joined + both[1].joined).toBe(4_000);
  expect(both[2].joined).toBe(3_000);
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
});

test("a dry run says what would happen, and leaves nothing but the people who were there", async () => {
  await taken(`${HEAD}\n${personRow("ann@example.org")}\n`);
  const result = await bring(
    `${HEAD}\n${personRow("ann@example.org", "A")}\n${personRow("bob@example.org")}\n${personRow("nobody")}\n`,
    { dryRun: true },
  );
  expect(result).toMatchObject({
    kind: "would",
    joined: 1,
    standing: 1,
    refused: 1,
    notes: [{ rowNo: 4, field: "email" }],
  });
  expect(
    await rows("SELECT count(*)::int AS n FROM subscriber UNION ALL SELECT count(*)::int FROM import"),
  ).toEqual([{ n: 1 }, { n: 1 }]);
});

test("who is there already keeps what they said of themselves", async () => {
  await taken(`${HEAD}\n${personRow("ann@example.org", "Annie")}\n`);
  expect(
    await taken(`${HEAD}\n${personRow("ann@example.org", "Wrong")}\n${personRow("b@example.org", "Bob")}\n`),
  ).toMatchObject({ standing: 1, joined: 1 });
  expect(await names()).toEqual(["Annie", "Bob"]);
});

test("a postcode becomes the ward it lies in and is forgotten; one from elsewhere is no fault", async () => {
  await rows("INSERT INTO postcode VALUES ('AW11AA', 'ALW-05-1') ON CONFLICT DO NOTHING");
  await taken(
    `${HEAD},postcode\n${personRow("a@example.org")},aw1 1aa\n${personRow("b@example.org")},ZZ9 9ZZ\n`,
  );
  expect(await rows("SELECT area_code FROM subscriber ORDER BY email")).toEqual([
    { area_code: "ALW-05-1" },
    { area_code: null },
  ]);
});

test("H16: a thousand role addresses are kept and told, and nobody writes to them", async () => {
  const result = await taken(
    `${HEAD}\n${Array.from({ length: 1_000 }, (_, i) => personRow(`info@firm-${i}.example`)).join("\n")}\n`,
  );
  expect(result).toMatchObject({ joined: 0, parked: 1_000, flagged: 1_000 });
});

const FATES: Readonly<Record<string, readonly string[]>> = {
  stopped: ["INSERT INTO suppression (email_hash, reason) VALUES ($1, 'page')"],
  erased: [
    "INSERT INTO suppression (email_hash, reason) VALUES ($1, 'erased')",
    "DELETE FROM subscriber WHERE email_hash = $1",
  ],
  left: [
    `INSERT INTO objection (email_hash, list_key, reason) VALUES ($1, '${LIST}', 'page')`,
    "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE subscriber_id IN (SELECT id FROM subscriber WHERE email_hash = $1)",
  ],
  withdrew: [
    "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE subscriber_id IN (SELECT id FROM subscriber WHERE email_hash = $1)",
  ],
  free: [],
};
test("H8: whoever said stop, in any way and mixture, no file puts back; nobody else is lost", async () => {
  const people = fc.array(fc.constantFrom(...Object.keys(FATES)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc
      .asyncProperty(people, async (fates) => {
        const content = (name: string) =>
          `${HEAD}\n${fates.map((fate, i) => personRow(`${fate}-${i}@example.org`, name)).join("\n")}\n`;
        await taken(content("First"));
        for (const [i, fate] of fates.entries())
          for (const sql of FATES[fate] ?? []) await rows(sql, [hash(`${fate}-${i}@example.org`)]);
        await taken(content("Again"));
        const standing = await rows<{ email: string }>(
          "SELECT s.email FROM consent c JOIN subscriber s ON s.id = c.subscriber_id WHERE c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash) ORDER BY 1",
        );
        const free = fates.flatMap((fate, i) => (fate === "free" ? [`${fate}-${i}@example.org`] : []));
        expect(standing.map(({ email }) => email)).toEqual(free.sort());
        expect(await rows("SELECT 1 FROM subscriber WHERE email LIKE 'erased-%'")).toEqual([]);
        expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
      })
      .beforeEach(() =>
        rows(
          "TRUNCATE subscriber, consent, suppression, objection, former_consent, import, import_refusal, import_row, audience_cell CASCADE",
        ),
      ),
    { numRuns: 20 },
  );
}, 120_000);

// Children's lists apart; needs fixes/children-apart.md.
test("who is on children's lists is put on no other list by a file, nor the other way round", async () => {
  const young = { listKey: "young-alderwick" };
  await taken(`${HEAD},age_band\n${personRow("kit@example.org")},13-17\n`, young);
  const both = await taken(`${HEAD}\n${personRow("kit@example.org")}\n${personRow("ann@example.org")}\n`);
  expect(both).toMatchObject({ joined: 1, parked: 1 });
  const notes = await house().deps.store.imports.notes(both.importId, { limit: 10 });
  expect(notes).toMatchObject([{ rowNo: 2, field: "email", became: "parked" }]);
  expect(await taken(`${HEAD},age_band\n${personRow("ann@example.org")},13-17\n`, young)).toMatchObject({
    ...{ joined: 0, parked: 1 },
  });
  expect(
    await rows(
      "SELECT 1 FROM consent c JOIN list l ON l.key = c.list_key WHERE c.withdrawn_at IS NULL GROUP BY c.subscriber_id HAVING count(DISTINCT l.kind = 'youth') > 1",
    ),
  ).toEqual([]);
});
