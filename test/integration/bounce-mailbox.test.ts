// The mailbox of reports over IMAP: what is taken in is moved aside, what nobody can read is left with a flag and blocks nothing.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fetchReports } from "../../src/audience/bounces/fetch.ts";
import { messagesAt } from "../../src/audience/bounces/message-files.ts";
import { openFetching } from "../../src/fetching.ts";
import { folders } from "../support/folder.ts";
import { imapStandIn, type Mailbox } from "../support/imap-stand-in.ts";
import { plain } from "../support/report-mail.ts";
import { nth, said, type Sent, withReturns } from "../support/returns.ts";
import { until } from "../support/waiting.ts";

let mailbox: Mailbox;
afterAll(() => mailbox.stop());
const newFolder = folders();
const { deps, rows, sendAll, suppressedFor, free } = withReturns();
beforeAll(async () => {
  mailbox = await imapStandIn();
});
const letter = plain(["From: ann@example.com", "To: bounce@example.org", "Subject: Hello"], "A question.");
const flagged = () =>
  mailbox
    .inbox()
    .filter(({ flags }) => flags.has("\\Flagged"))
    .map(({ uid }) => uid);
const counted = (one: Sent) => rows("SELECT 1 FROM bounce WHERE delivery_id = $1", [one.id]);

test("reports are taken in and moved aside; letters and what cannot be read stay, flagged, and are not asked for again", async () => {
  const [one, two] = await sendAll();
  if (!one || !two) throw new Error("nothing was sent");
  const broken = mailbox.put(said(one, "4.4.1"));
  mailbox.lose(broken);
  const [first, person, second] = [
    mailbox.put(said(one, "5.1.1")),
    mailbox.put(letter),
    mailbox.put(said(two, "5.7.1")),
  ];
  const taken = await fetchReports(deps(), mailbox.url());
  expect(taken).toMatchObject({
    read: 4,
    kinds: { hard: 1, policy: 1 },
    suppressed: 1,
    ignored: { other: 2 },
  });
  expect(mailbox.moved()).toEqual([first, second]);
  expect(flagged()).toEqual([broken, person]);
  expect(await fetchReports(deps(), mailbox.url())).toMatchObject({ read: 0 });
  await free(one);
});

test("a mailbox without a second folder keeps them, flagged, and they count once", async () => {
  mailbox.allowFolders(false);
  const one = nth(await sendAll(), 5);
  const uid = mailbox.put(said(one, "5.1.1"));
  expect(await fetchReports(deps(), mailbox.url())).toMatchObject({ kinds: { hard: 1 } });
  expect(flagged()).toContain(uid);
  expect(await fetchReports(deps(), mailbox.url())).toMatchObject({ read: 0 });
  mailbox.allowFolders(true);
  await free(one);
});

test("the scheduler looks by itself, one process at a time", async () => {
  const one = nth(await sendAll(), 6);
  mailbox.put(said(one, "5.1.1"));
  const settings = { ...deps().settings, bounceImapUrl: mailbox.url() };
  const rounds = [1, 2, 3].map(() => openFetching({ ...deps(), settings }));
  await until(async () => (await counted(one)).length === 1);
  for (const round of rounds) await round.close();
  expect(await suppressedFor(one)).toBe("hard-bounce");
  await free(one);
});

test("a mailbox that turns us away is told without name, password or address", async () => {
  const trouble = (url: string | undefined) =>
    fetchReports(deps(), url).then(String, (error: Error) => error.message);
  const said = [
    await trouble(mailbox.url("hunter2")),
    await trouble("imap://reports:hunter2@127.0.0.1:1/"),
    await trouble(undefined),
  ];
  expect(said).toEqual([
    expect.stringMatching(/did not accept the name and password/),
    expect.stringMatching(/ECONNREFUSED/),
    expect.stringMatching(/set BOUNCE_IMAP_URL/),
  ]);
  expect(said.join()).not.toMatch(/hunter2|reports:/);
});

test("files, mboxes and Maildirs give their messages one by one", async () => {
  const folder = newFolder();
  for (const part of ["new", "cur", "tmp"]) mkdirSync(join(folder, part));
  writeFileSync(join(folder, "new", "1"), letter);
  writeFileSync(join(folder, "cur", "2:2,S"), letter);
  writeFileSync(join(folder, "tmp", "3"), letter);
  writeFileSync(
    join(folder, "mbox"),
    "From a Sun\nSubject: one\n\n>From here\nFrom there\n\nFrom b Sun\nSubject: two\n\nx\n",
  );
  const subjects = async (path: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const bytes of messagesAt(path)) found.push(bytes.toString("latin1"));
    return found;
  };
  expect(await subjects(folder)).toEqual([letter, letter].map(String));
  expect(await subjects(join(folder, "mbox"))).toEqual([
    "Subject: one\r\n\r\nFrom here\r\nFrom there\r\n",
    "Subject: two\r\n\r\nx",
  ]);
  expect(await subjects(join(folder, "cur", "2:2,S"))).toHaveLength(1);
});
