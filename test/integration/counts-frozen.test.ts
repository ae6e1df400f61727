// The count shown is the count sent to: over any people, lists, classes, bases and rules; and whom a freeze leaves out, it says why.
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import pg from "pg";
import { sealedInterest } from "../../src/audience/sealed-topic.ts";
import { countAudience } from "../../src/audience/count.ts";
import { basesFor, type MessageClass } from "../../src/domain/basis.ts";
import { DEFAULT_LANGUAGE } from "../../src/domain/issue.ts";
import { laneOf } from "../../src/domain/lane.ts";
import { bySpecificity, type Segment } from "../../src/domain/segment.ts";
import { segments, somebody, type Somebody } from "../support/any-audience.ts";
import { withHouse } from "../support/sample.ts";

let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 0 });
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await rows(
    "INSERT INTO campaign (key, title, purpose, priority_key, objective, level, place_or_issue, class, sensitivity, lead_agency_key, emphasis) SELECT 'k-' || c, c, '', key, 'inform', 'inform', 'place', c, 'normal', 'council', '{}' FROM unnest($1::text[]) c, (SELECT key FROM priority LIMIT 1) p",
    [CLASSES],
  );
  await rows(
    "INSERT INTO channel (key, kind, label, agency_key, settings, list_key, account) VALUES ('email-2', 'email', 'Second', 'council', '{}', 'warnings', 'email-2')",
  );
});
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;
const clear = async () => {
  await rows("DELETE FROM delivery");
  await rows("DELETE FROM batch");
  await rows("DELETE FROM dispatch");
  await rows("DELETE FROM suppression");
  await rows("DELETE FROM subscriber");
  await rows("UPDATE partnership SET cap_most = NULL, cap_days = NULL");
};
beforeEach(clear);

const CLASSES: MessageClass[] = [
  "emergency",
  "public-task-information",
  "direct-marketing",
  "consultation",
  "internal",
];
const NEWS = "community-safety-news";
const secret = () => house().deps.secret;

async function addPeople(people: readonly Somebody[]) {
  const sealed = sealedInterest(secret(), "abuse-support");
  const written = people.map(({ interests: own, ...person }, n) => ({
    ...person,
    n,
    interests: own.map((key) => (key === "abuse-support" ? sealed : key)),
  }));
  const given = `jsonb_to_recordset($1::jsonb) AS p(n int, "areaCode" text, groups text[], interests text[], language text, "monthsAgo" int, news text, warnings boolean, suppressed boolean)`;
  await rows(
    `INSERT INTO subscriber (email, email_hash, language, area_code, groups, interests, confirmed_at)
     SELECT n || '@example.org', 'h' || n, language, "areaCode", groups, interests, now() - make_interval(months => "monthsAgo") FROM ${given}`,
    [JSON.stringify(written)],
  );
  for (const [list, on] of [
    [NEWS, "news"],
    ["warnings", "CASE WHEN warnings THEN 'consent' END"],
  ] as const)
    await rows(
      `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
       SELECT s.id, $2, ${on}, '1', 'test', now() FROM ${given} JOIN subscriber s ON s.email_hash = 'h' || p.n WHERE ${on} IS NOT NULL`,
      [JSON.stringify(written), list],
    );
  await rows(
    `INSERT INTO suppression (email_hash, reason) SELECT 'h' || n, 'test' FROM ${given} WHERE suppressed`,
    [JSON.stringify(written)],
  );
}

let turn = 0;
/** A communication of this class as the freeze finds it, with a rendition for each segment and channel. */
async function communication(
  messageClass: string,
  all: readonly Segment[],
  channels: readonly string[] = ["email"],
) {
  turn += 1;
  const [found] = await rows<{ id: string }>(
    `INSERT INTO communication (campaign_id, key, title, reference, state, text, audience, channels, author_email, approver_email, due_wall, zone, due_at, latest_useful_at, content_hash)
     SELECT id, 'c' || $2, 'c', 'R' || $2, 'scheduled', '{}', '{}', $3, 'a', 'b', '', 'Europe/London', now() - interval '1 minute', now() + interval '1 day', 'x'
       FROM campaign WHERE key = 'k-' || $1 RETURNING id`,
    [messageClass, turn, channels],
  );
  const id = found?.id ?? "";
  for (const { key } of all)
    await rows(
      "INSERT INTO rendition (communication_id, channel_key, segment_key, language) SELECT $1, c, $2, 'en' FROM unnest($3::text[]) c",
      [id, key, channels],
    );
  return id;
}

const LIST_OF: Readonly<Record<string, string>> = { email: NEWS, "email-2": "warnings" };
/** Freezes it as a release does; how many got the copy of each segment, by channel, and whom it left out. */
async function freeze(
  messageClass: MessageClass,
  all: readonly Segment[],
  channels: readonly string[] = ["email"],
) {
  const { release } = house().deps.store;
  const id = await communication(messageClass, all, channels);
  await release.begin(id, channels, laneOf(messageClass));
  const sealed = [...all].sort(bySpecificity).map((segment) => ({
    ...segment,
    rule: house().deps.sealRule(segment.rule, new Set(["abuse-support"])),
  }));
  for (const [i, key] of channels.entries())
    while (
      !(await release.freeze(
        id,
        {
          key,
          people: {
            ...{ listKey: LIST_OF[key] ?? "", segments: sealed, bases: basesFor(messageClass, "council") },
            ...{ emergency: messageClass === "emergency", besides: channels.slice(0, i) },
          },
        },
        DEFAULT_LANGUAGE,
      ))
    );
  const got = await rows<{ key: string; n: number }>(
    "SELECT b.segment_key AS key, sum(b.total)::int AS n FROM batch b JOIN dispatch p ON p.id = b.dispatch_id WHERE p.communication_id = $1 GROUP BY 1",
    [id],
  );
  const left = await rows<{ channel: string; left: object; n: number }>(
    "SELECT channel_key AS channel, left_out AS left, recipient_count AS n FROM dispatch WHERE communication_id = $1",
    [id],
  );
  await release.end(id, () => ({ kind: "communication.released", actor: "test" }));
  return {
    got: Object.fromEntries(got.map(({ key, n }) => [key, n])),
    left: Object.fromEntries(left.map(({ channel, left: who }) => [channel, who])),
    counts: Object.fromEntries(left.map(({ channel, n }) => [channel, n])),
  };
}

test("what is counted is what is frozen, segment by segment, from the cells as from the people", async () => {
  const { segments: table } = house().deps.store;
  await fc.assert(
    fc
      .asyncProperty(
        fc.array(somebody, { maxLength: 25 }),
        segments,
        fc.constantFrom(...CLASSES),
        async (people, all, messageClass) => {
          await addPeople(people);
          const ordered = [...all].sort(bySpecificity);
          const rules = ordered.map((one) => house().deps.sealRule(one.rule, new Set(["abuse-support"])));
          const asked = { listKey: NEWS, bases: basesFor(messageClass, "council"), rules };
          const [cells, read] = [await table.count(asked), await table.count(asked, "people")];
          const sorted = (some: readonly object[]) => some.map((one) => JSON.stringify(one)).sort();
          expect(sorted(cells)).toEqual(sorted(read));
          const gets = Object.fromEntries(
            ordered.flatMap(({ key }, i) => {
              const n = cells
                .filter(({ may, mask }) => may && mask.indexOf("1") === i)
                .reduce((sum, one) => sum + one.people, 0);
              return n > 0 ? [[key, n]] : [];
            }),
          );
          expect((await freeze(messageClass, all)).got).toEqual(gets);
        },
      )
      .beforeEach(clear),
    { numRuns: 60 },
  );
}, 180_000);

const EVERYONE: Segment = { key: "s0", name: "all", rule: {}, specificity: 0 };
const plainPeople = (count: number, change: Partial<Somebody> = {}) =>
  addPeople(
    Array.from({ length: count }, () => ({
      ...{ areaCode: "ALW-01", groups: [], interests: [], language: "en" },
      ...{ monthsAgo: 0, news: "consent", warnings: false, suppressed: false },
      ...change,
    })),
  );

test.each(
  CLASSES.flatMap((messageClass) =>
    (["council", "voluntary", "other"] as const).map((kind) => [messageClass, kind] as const),
  ),
)(
  "%s from a controller that is a %s reaches those on a basis that allows it, and nobody else",
  async (messageClass, kind) => {
    await rows("UPDATE agency SET kind = $1 WHERE key = 'council'", [kind]);
    const bases = ["consent", "public-task", "soft-opt-in", "charity-soft-opt-in"] as const;
    await addPeople(
      bases.map((news) => ({
        ...{ areaCode: null, groups: [], interests: [], language: "en", monthsAgo: 0, news },
        ...{ warnings: false, suppressed: false },
      })),
    );
    const { total, mayGet, onList } = await countAudience(house().deps, {
      ...{ listKey: NEWS, messageClass, segments: [EVERYONE] },
    });
    await rows("UPDATE agency SET kind = 'council' WHERE key = 'council'");
    expect({ total, mayGet, onList }).toEqual({
      total: basesFor(messageClass, kind).length,
      mayGet: basesFor(messageClass, kind).length,
      onList: 4,
    });
  },
);

test("who is on two lists of one communication gets one copy, by the first, and the second says so", async () => {
  await plainPeople(4, { warnings: true });
  const { counts, left } = await freeze("emergency", [EVERYONE], ["email", "email-2"]);
  expect(counts).toEqual({ email: 4, "email-2": 0 });
  expect(left).toEqual({ email: {}, "email-2": { elsewhere: 4 } });
});

test("who paused is left out until then, and by name of the reason; an emergency reaches them", async () => {
  await plainPeople(5);
  await rows(
    "UPDATE subscriber SET paused_until = now() + interval '3 days' WHERE email_hash IN ('h0', 'h1')",
  );
  await rows("UPDATE subscriber SET paused_until = now() - interval '1 minute' WHERE email_hash = 'h2'");
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({
    counts: { email: 3 },
    left: { email: { paused: 2 } },
  });
  expect(await freeze("emergency", [EVERYONE])).toMatchObject({ counts: { email: 5 }, left: { email: {} } });
});

test("the partnership's cap counts messages of all agencies; emergencies neither count nor wait", async () => {
  await plainPeople(3);
  await rows("UPDATE partnership SET cap_most = 2, cap_days = 7");
  expect(await freeze("emergency", [EVERYONE])).toMatchObject({ counts: { email: 3 } });
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({ counts: { email: 3 } });
  expect(await freeze("public-task-information", [EVERYONE])).toMatchObject({
    counts: { email: 3 },
    left: { email: {} },
  });
  // What did not reach somebody does not count.
  await rows("UPDATE delivery SET state = 'refused' WHERE id IN (SELECT max(id) FROM delivery)");
  expect(await freeze("internal", [EVERYONE])).toMatchObject({
    counts: { email: 1 },
    left: { email: { capped: 2 } },
  });
  expect(await freeze("emergency", [EVERYONE])).toMatchObject({ counts: { email: 3 }, left: { email: {} } });
  await rows("UPDATE dispatch SET released_at = released_at - interval '8 days'");
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({ counts: { email: 3 } });
});

test("a person's own limit a week holds where the partnership has none", async () => {
  await plainPeople(4);
  await rows("UPDATE subscriber SET most_per_week = 1 WHERE email_hash = 'h3'");
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({ counts: { email: 4 } });
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({
    counts: { email: 3 },
    left: { email: { capped: 1 } },
  });
  await rows("UPDATE subscriber SET paused_until = now() + interval '1 day' WHERE email_hash = 'h0'");
  expect(await freeze("consultation", [EVERYONE])).toMatchObject({
    ...{ counts: { email: 2 }, left: { email: { capped: 1, paused: 1 } } },
  });
});

test("two freezes at the same moment keep to the cap together", async () => {
  await plainPeople(40);
  await rows("UPDATE partnership SET cap_most = 1, cap_days = 7");
  const both = await Promise.all([freeze("consultation", [EVERYONE]), freeze("internal", [EVERYONE])]);
  expect(both.reduce((sum, { counts }) => sum + (counts.email ?? 0), 0)).toBe(40);
});
