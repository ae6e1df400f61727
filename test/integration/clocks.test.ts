// A worker whose clock jumps, or stands apart from the database's, claims nothing until they agree again (S4, S5, D6).
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { type Duty, goOnDuty } from "../../src/journey/dispatch/duty.ts";
import { mustBeFit } from "../../src/journey/fit.ts";
import { withHouse } from "../support/sample.ts";
import { until } from "../support/waiting.ts";

/** An alarm has to come within this (S4). In ms. */
const SOON_MS = 5_000;
let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 0, setUp: false });
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});
const now = Date.now.bind(Date);
let duty: Duty | null = null;
afterEach(async () => {
  Date.now = now;
  await databaseIs(0);
  await duty?.close();
  duty = null;
});

/** From now on the database's clock is off by so many seconds. */
const databaseIs = (seconds: number) =>
  client.query(
    `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now() + interval ''${seconds} seconds'''`,
  );
const goOn = async (): Promise<Duty> => {
  const { store, logger } = house().deps;
  return (duty = await goOnDuty({ store, logger, isStopped: () => false }));
};

test.each([45, -45, 86_400])(
  "with the database's clock %i s off from the start nothing is claimed, until it is right",
  async (seconds) => {
    await databaseIs(seconds);
    const { mayClaim } = await goOn();
    expect(mayClaim()).toBe(false);
    await databaseIs(0);
    await until(mayClaim, SOON_MS);
  },
);

test.each([5, -5, 3_600, -86_400])(
  "when the database's clock jumps by %i s claiming stops within 5 s, and goes on when it is right",
  async (seconds) => {
    const { mayClaim } = await goOn();
    expect(mayClaim()).toBe(true);
    await databaseIs(seconds);
    await until(() => !mayClaim(), SOON_MS);
    await databaseIs(0);
    await until(mayClaim, SOON_MS);
  },
);

test.each([3_600_000, -3_600_000, 86_400_000, -86_400_000])(
  "when this machine's clock jumps by %i ms claiming stops within 5 s, and goes on when it is right",
  async (ms) => {
    const { mayClaim } = await goOn();
    expect(mayClaim()).toBe(true);
    Date.now = () => now() + ms;
    await until(() => !mayClaim(), SOON_MS);
    Date.now = now;
    await until(mayClaim, SOON_MS);
  },
);

test("what is in hand passes no gate either while the database's clock cannot be trusted", async () => {
  const { mayPass, isSure } = await goOn();
  await databaseIs(86_400);
  expect(await isSure()).toBe(false); // whoever has to know now does not wait for the beat
  await until(() => !mayPass(), SOON_MS);
  await databaseIs(0);
  await until(mayPass, SOON_MS);
});

test("a worker or scheduler does not start where the database's clock is more than 30 s off, and says so", async () => {
  await mustBeFit(house().deps, "sandbox");
  await databaseIs(31);
  await expect(mustBeFit(house().deps, "sandbox")).rejects.toMatchObject({ code: "clocks-apart" });
  await databaseIs(-31);
  await expect(mustBeFit(house().deps, "sandbox")).rejects.toMatchObject({ code: "clocks-apart" });
});
