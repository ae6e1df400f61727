// One campaign all the way, watched from outside: what the sink, the timeline and the public site hold.
import { expect, test } from "@jest/globals";
import { runWhole, withHouse } from "../support/sample.ts";

const { house } = withHouse({ people: 300 });

test("a campaign reaches everyone once, by email, post and page, and the record adds up", async () => {
  const finished = await runWhole(house(), "whole");
  const people = finished.rows.filter((row) => row.channelKey === "email");
  const recipients = people.reduce((sum, row) => sum + row.recipients, 0);

  expect(recipients).toBeGreaterThan(250);
  expect(people.length).toBeGreaterThanOrEqual(5);
  expect(finished).toMatchObject({
    waiting: 0,
    inDoubt: 0,
    refused: 0,
    held: 0,
    accepted: finished.recipients,
  });
  expect(finished.acceptedInLog).toBe(finished.accepted);
  expect(house().outbox?.count()).toBe(recipients);
  const mails = house().outbox?.list({ offset: 0, limit: 1_000 }) ?? [];
  expect(new Set(mails.map((mail) => mail.to)).size).toBe(recipients);
  expect(finished.posts).toHaveLength(2);
  expect(finished.pages).toHaveLength(2);
  expect(house().timeline?.count()).toBe(2);
});
