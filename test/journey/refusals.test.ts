// What the command line says to wrong input: one plain sentence (or all faults), exit 1, nothing stored, never a stack trace.
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { explain } from "../../src/cli/print.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { apply } from "../../src/partnership/apply.ts";
import { bellman } from "../support/command.ts";
import { folders } from "../support/folder.ts";
import { EXAMPLE, firstCampaign, withHouse } from "../support/sample.ts";

const { house, databaseUrl } = withHouse({ people: 0 });
const newFolder = folders();
/** What `bellman campaign run` would say; reading the file and the exit code are the command's, tried below. */
const refusal = async (yaml: string): Promise<string> => {
  try {
    await startCampaign(house().deps, { text: yaml, name: "campaign.yaml", now: false });
    return "it was not refused";
  } catch (error) {
    return explain(error);
  }
};
const due = (text: string) => (yaml: string) => yaml.replace("due: now", `due: ${text}`);

const WRITTEN = (paragraph: string, post: string) => `
campaign:
  key: written
  title: Written
  purpose: To try
  priority: safer-neighbourhoods
  objective: inform
  emphasis: [reassurance]
  place_or_issue: place
  class: public-task-information
  audience: [all-residents]
  channels: [email, social]
  lead_agency: police
  contributing: [council]
  author: priya.nair@police.example.org
  approver: tom.ellery@council.example.org
  due: now
  communications:
    - key: one
      title: One
      content:
        en:
          email: { subject: Hello, preheader: There, opening: [{ paragraph: "${paragraph}" }] }
          post: { text: "${post}" }
`;

const FAULTS: [string, () => Promise<string> | string, string[]][] = [
  [
    "an unknown segment, channel and word",
    () => firstCampaign("x", (y) => `${y}  audience: [moon]\n  channels: [fax]\n  colour: red\n`),
    [
      'campaign.audience[0]: there is no segment "moon"',
      'campaign.channels[0]: there is no channel "fax"',
      '"colour" is not a word this file knows',
      "line 10",
    ],
  ],
  [
    "an approver who is the author",
    () => firstCampaign("x", (y) => y.replace("tom.ellery@council", "priya.nair@police")),
    ["nobody approves their own campaign"],
  ],
  [
    "a message the library does not have",
    () => firstCampaign("x", (y) => y.replace("library: burglary-dark-nights", "library: moonlight")),
    ['there is no message "moonlight"'],
  ],
  ["a due time in the past", () => firstCampaign("x", due("2020-01-01 09:00")), ["has passed"]],
  [
    "a due time that does not exist",
    () => firstCampaign("x", due("2027-03-28 01:30")),
    ["2027-03-28 00:30 and 2027-03-28 02:30"],
  ],
  [
    "a due time that happens twice",
    () => firstCampaign("x", due("2027-10-31 01:30")),
    ["happens twice", "repeated_hour: first"],
  ],
  ["a day that is none", () => firstCampaign("x", due("2027-02-29 10:00")), ["only 28 days"]],
  [
    "a slot that does not exist",
    () => WRITTEN("Dear {{surname}}", "Short"),
    ['no slot called "surname"', "Allowed here: first_name, ward"],
  ],
  [
    "a template that loops",
    () => WRITTEN("{% for i in (1..1000000000) %}x{% endfor %}", "Short"),
    ["cannot hold loops or commands"],
  ],
  ["a post over its limit", () => WRITTEN("Hello", "word ".repeat(100)), ["counts 499 of 280"]],
  ["a file that is not YAML", () => "campaign: [", ["line 1"]],
  ["a file of another kind", () => "hello", ["expected object"]],
];

describe("a campaign file with", () => {
  test.each(FAULTS)("%s is refused in words", async (_name, yaml, sentences) => {
    const said = await refusal(await yaml());
    for (const sentence of sentences) expect(said).toContain(sentence);
    expect(said).not.toMatch(/Something went wrong|\n\s+at /);
    expect(await house().deps.store.pages.campaigns()).toEqual([]);
  });
});

const nowhere = () => ({ BELLMAN_DATA_DIR: newFolder() });
const SETTINGS: [string, () => Record<string, string>, string][] = [
  [
    "an unreachable database",
    () => ({ ...nowhere(), DATABASE_URL: "postgresql://x:y@127.0.0.1:1/z" }),
    "cannot be used: connect ECONNREFUSED",
  ],
  [
    "a wrong password",
    () => ({ ...nowhere(), DATABASE_URL: databaseUrl().replace(/:[^:@]+@/, ":wrong@") }),
    "password authentication failed",
  ],
  [
    "another kind of database",
    () => ({ ...nowhere(), DATABASE_URL: "mysql://x" }),
    "DATABASE_URL must begin with postgresql://",
  ],
  [
    "an unreachable Redis",
    () => ({ ...nowhere(), DATABASE_URL: databaseUrl(), REDIS_URL: "redis://127.0.0.1:1" }),
    "Redis does not answer",
  ],
  [
    "an unreachable relay",
    () => ({ ...nowhere(), DATABASE_URL: databaseUrl(), SMTP_URL: "smtp://127.0.0.1:1" }),
    "The mail relay at SMTP_URL",
  ],
  [
    "a relay outside in the sandbox",
    () => ({ ...nowhere(), SMTP_URL: "smtp://mail.example.com" }),
    "nothing may leave this machine",
  ],
  [
    "a data folder below a file",
    () => ({ BELLMAN_DATA_DIR: "/dev/null/x" }),
    "a part of that path is a file",
  ],
  [
    "two wrong settings at once",
    () => ({ PORT: "abc", LOG_LEVEL: "loud" }),
    "PORT must be a number.\n  - LOG_LEVEL",
  ],
];

describe("settings with", () => {
  test.each(SETTINGS)("%s are refused in words", async (_name, env, sentence) => {
    const ran = await bellman(["doctor"], env());
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(sentence);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });
});

test("a refused campaign file ends the command with 1 and leaves nothing behind", async () => {
  const file = join(newFolder(), "campaign.yaml");
  await writeFile(file, await firstCampaign("x", due("2020-01-01 09:00")));
  const ran = await bellman(["campaign", "run", file], {
    DATABASE_URL: databaseUrl(),
    BELLMAN_DATA_DIR: newFolder(),
  });
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toMatch(/^bellman: .* has 1 fault.*\n.*line 9, campaign\.due: The due time, .* has passed/);
});

test("a port in use is said in words, and the house is left tidy", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  const ran = await bellman(["start"], {
    DATABASE_URL: databaseUrl(),
    BELLMAN_DATA_DIR: newFolder(),
    PORT: String(port),
  });
  server.close();
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(`Port ${port} is in use`) });
});

test("wrong use is exit code 2, help is 0", async () => {
  expect((await bellman(["nonsense"], {})).code).toBe(2);
  expect((await bellman(["campaign", "run"], {})).code).toBe(2);
  expect((await bellman(["--help"], {})).code).toBe(0);
});

test("a channel cannot write under another agency's name, nor with headers of its own (H30-H32)", async () => {
  const example = await readFile(EXAMPLE, "utf8");
  const text = example.replace(
    "{ from_name: Safer Alderwick Partnership }",
    '{ from_name: "Alderwick Police", reply_to: x@example.org, headers: "Bcc: x" }',
  );
  const applied = apply(house().deps, { text, name: "p.yaml", actor: "bellman", dryRun: false });
  await expect(applied).rejects.toMatchObject({
    code: "file-has-faults",
    faults: [
      expect.stringMatching(
        /^line \d+, channels\[0\]\.settings\.from_name: is the name of Alderwick Police, but the channel belongs to "council"\.$/,
      ),
      expect.stringMatching(/channels\[0\]\.settings\.reply_to: "reply_to" is not a word this file knows\.$/),
      expect.stringMatching(/channels\[0\]\.settings\.headers: "headers" is not a word this file knows\.$/),
    ],
  });
});

test("a partnership file shows every fault, and applying it twice changes nothing", async () => {
  const env = {
    ...{ DATABASE_URL: databaseUrl(), BELLMAN_DATA_DIR: newFolder() },
    BELLMAN_SECRET_FILE: house().deps.settings.secretFile,
  };
  const file = join(newFolder(), "p.yaml");
  await writeFile(file, "partnership: { name: X }\nagencies: []\nnonsense: 1\n");
  const refused = await bellman(["apply", file], env);
  expect(refused.code).toBe(1);
  expect(refused.err.split("\n").length).toBeGreaterThan(5);
  expect(await bellman(["apply", "config/partnership.example.yaml"], env)).toMatchObject({
    code: 0,
    out: expect.stringContaining("nothing to change"),
  });
});
