// The pages of an import as a browser uses them: a file sent, looked at and taken, refusals in words, and a retry that changes nothing (H1, H2, H4, H12, H14).
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../../src/web/app.ts";
import { BY, HEAD, LIST, personRow, withImports } from "../support/importing.ts";
import { until } from "../support/waiting.ts";

const { house, rows, names } = withImports();
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
});

test("H1: a file of too many rows is refused beside its field as too large, and nothing of it stays", async () => {
  const answer = await sendFile(`email\n${"x\n".repeat(1_000_001)}`);
  expect(answer.statusCode).toBe(413);
  expect(answer.body).toContain("more than 1,000,000 rows");
  expect(readdirSync(uploads()).filter((one) => !one.endsWith(".json"))).toEqual([]);
  expect(await rows("SELECT 1 FROM import")).toEqual([]);
});
afterAll(() => app.close());

const get = async (url: string): Promise<string> => (await app.inject(url)).body;
const formOf = (html: string) => /name="form" value="(\w+)"/.exec(html)?.[1] ?? "";
const uploads = () => join(house().deps.settings.dataDir, "uploads");

/** As a browser sends the form of /imports. */
function multipart(fields: Record<string, string>, file: { name: string; content: string | Buffer } | null) {
  const mark = "----bellman-test";
  const part = (head: string, content: string | Buffer) =>
    Buffer.concat([
      Buffer.from(`--${mark}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]);
  const parts = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, value));
  const sent = file ?? { name: "", content: "" };
  parts.push(part(`name="file"; filename="${sent.name}"\r\ncontent-type: text/csv`, sent.content));
  return {
    payload: Buffer.concat([...parts, Buffer.from(`--${mark}--\r\n`)]),
    headers: { "content-type": `multipart/form-data; boundary=${mark}` },
  };
}

async function sendFile(content: string | Buffer, more: Record<string, string> = {}, name = "people.csv") {
  const html = await get("/imports");
  const upload = /name="upload" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const fields = { form: formOf(html), upload, list: LIST, who: BY, ...more };
  return app.inject({
    method: "POST",
    url: "/imports",
    ...multipart(fields, name === "" ? null : { name, content }),
  });
}
const post = async (page: string, answers: Record<string, string>, to = page) =>
  app.inject({
    ...{ method: "POST", url: to, headers: { "content-type": "application/x-www-form-urlencoded" } },
    payload: new URLSearchParams({ form: formOf(await get(page)), ...answers }).toString(),
  });
const GOOD = { basis: "", wording: "", source: "", givenAt: "", take: "good", confirm: "yes" };

async function finished(page: string): Promise<string> {
  await until(async () => !(await get(page)).includes("Being read"), 30_000);
  return get(page);
}

test("a list is sent, looked at, taken, and told row by row", async () => {
  expect(await get("/imports")).toContain("At most 1,000,000 rows and 300 MB");
  const sent = await sendFile(
    `${HEAD},shoe size\n${personRow("ann@example.org", "Siân <b>")},7\n${personRow("bob.example.org")},7\n${personRow("info@example.org")},7\n`,
  );
  expect(sent.statusCode).toBe(303);
  const page = String(sent.headers.location);
  const [name = ""] = readdirSync(uploads()).filter((one) => one.endsWith(".csv"));
  expect(statSync(join(uploads(), name)).mode & 0o777).toBe(0o600);
  const look = await app.inject(page);
  expect(look.headers["cache-control"]).toBe("no-store");
  expect(look.body).toContain("Siân &lt;b&gt;");
  expect(look.body).toContain("First name");
  const unconfirmed = await post(page, { ...GOOD, confirm: "" });
  expect(unconfirmed.statusCode).toBe(422);
  expect(unconfirmed.body).toContain("Say that you have looked at the rows");
  expect(await rows("SELECT 1 FROM import")).toEqual([]);
  const begun = await post(page, GOOD);
  expect(begun.statusCode).toBe(303);
  const result = await finished(String(begun.headers.location));
  expect(result).toContain("Joined the list");
  expect(result).toMatch(/Row 3<\/th><td[^>]*>Email address has no &quot;@&quot;/);
  expect(result).toMatch(/Row 4<\/th><td[^>]*>Email address is read by several people/);
  expect(result).toContain("Columns left aside: shoe size");
  expect(result).not.toContain("bob.example.org");
  const report = await app.inject(`${String(begun.headers.location)}/report.csv`);
  expect(report.headers["content-disposition"]).toContain("attachment");
  expect(report.body).toContain('3,email,refused,"has no ""@"""');
  expect(await rows("SELECT settings->>'encoding' AS encoding, made_by FROM import")).toEqual([
    { encoding: "utf-8", made_by: BY },
  ]);
  await until(() => !existsSync(join(uploads(), name)));
  // The browser asks again: it is led to what came of it.
  expect((await app.inject(page)).headers.location).toBe(begun.headers.location);
  expect(await get("/imports")).toContain("people.csv");
});

test("H12: the form sent twice, and the same file sent anew, change nothing", async () => {
  const content = `${HEAD}\n${personRow("ann@example.org")}\n`;
  const html = await get("/imports");
  const upload = /name="upload" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const twice = [await sendFile(content, { upload }), await sendFile(content, { upload })];
  expect(new Set(twice.map(({ headers }) => headers.location)).size).toBe(1);
  const page = String(twice[0]?.headers.location);
  const answers = await Promise.all([post(page, GOOD), post(page, GOOD)]);
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
  await finished(String(answers[0]?.headers.location));
  const again = await post(String((await sendFile(content)).headers.location), GOOD);
  expect(again.headers.location).toBe(`${String(answers[0]?.headers.location)}?same=yes`);
  expect(await get(String(again.headers.location))).toContain("was brought into this list before");
  expect(await rows("SELECT state FROM import")).toEqual([{ state: "done" }]);
});

test("a guessed encoding is shown as a guess, can be changed, and is taken as it was confirmed", async () => {
  const sent = await sendFile(Buffer.from(`${HEAD}\n${personRow("s@example.org", "Siân")}\n`, "latin1"));
  const page = String(sent.headers.location);
  expect(await get(page)).toContain("WINDOWS-1252 is a guess");
  expect(await get(page)).toContain("Siân");
  expect(await get(`${page}?encoding=utf-8`)).toContain("bytes that are not UTF-8");
  await finished(String((await post(page, { ...GOOD, encoding: "windows-1252" })).headers.location));
  expect(await names()).toEqual(["Siân"]);
});

test("columns are said by a person, and what cannot be is told beside them", async () => {
  const page = String(
    (await sendFile("who,mail,e-mail\nAnn,ann@example.org,old@example.org\n")).headers.location,
  );
  const wrong = await post(page, {
    ...GOOD,
    "column-0": "first_name",
    "column-1": "email",
    "column-2": "email",
  });
  expect(wrong.statusCode).toBe(422);
  expect(wrong.body).toContain("Columns 2 and 3 would both be");
  const day = await post(page, {
    ...GOOD,
    "column-0": "",
    "column-1": "email",
    "column-2": "",
    basis: "consent",
    wording: "2026-1",
    source: "fair",
    givenAt: "soon",
  });
  expect(day.body).toContain("must be a date that has been");
  const right = await post(page, {
    ...GOOD,
    "column-0": "first_name",
    "column-1": "",
    "column-2": "email",
    basis: "consent",
    wording: "2026-1",
    source: "fair",
    givenAt: "31/3/2026",
  });
  await finished(String(right.headers.location));
  expect(
    await rows("SELECT email, source FROM subscriber JOIN consent ON subscriber_id = subscriber.id"),
  ).toEqual([{ email: "old@example.org", source: "fair" }]);
});

test.each([
  ["no file", "", {}, "", "Choose a CSV file"],
  ["no list", "email\n", { list: "" }, "a.csv", "Choose a list"],
  ["nobody", "email\n", { who: "" }, "a.csv", "Choose who you are"],
  ["an Excel workbook called .csv", Buffer.from("PK\u0003\u0004xx"), {}, "a.csv", "Excel workbook or a ZIP"],
  ["an empty file", "", {}, "a.csv", "This file is empty"],
  ["a page that is not ours", "email\n", { form: "0" }, "a.csv", "not sent from a page of ours"],
])("%s: refused in words, and nothing stays on the disk", async (_what, content, fields, name, words) => {
  const answer = await sendFile(content, fields, name);
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain(words);
  expect(readdirSync(uploads()).filter((one) => !one.endsWith(".json"))).toEqual([]);
});

test("H1: what is too large is refused before it is read; other forms stay small", async () => {
  const { payload, headers } = multipart({ form: "x" }, { name: "a.csv", content: "email\n" });
  const large = await app.inject({
    method: "POST",
    url: "/imports",
    payload,
    headers: { ...headers, "content-length": "300200000" },
  });
  expect(large.statusCode).toBe(413);
  expect(large.body).toContain("larger than 300 MB");
  const other = await app.inject({
    method: "POST",
    url: "/holds",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: "x=".padEnd(20_000, "y"),
  });
  expect(other.statusCode).toBe(413);
});

test("a file set aside is gone, and what is not there says so", async () => {
  const page = String((await sendFile(`${HEAD}\n`)).headers.location);
  expect((await post(page, {}, `${page}/discard`)).headers.location).toBe("/imports");
  for (const gone of [
    page,
    "/imports/files/..%2f..%2fsecret",
    "/imports/00000000-0000-0000-0000-000000000000",
    "/imports/x",
  ])
    expect((await app.inject(gone)).statusCode).toBe(404);
  expect((await app.inject("/imports?x=1")).statusCode).toBe(200);
});

test("an import that failed says why, and that nothing was taken", async () => {
  const page = String(
    (await sendFile(`${HEAD}\n${personRow("ann@example.org")}\n${personRow("nobody")}\n`)).headers.location,
  );
  const result = await finished(String((await post(page, { ...GOOD, take: "all" })).headers.location));
  expect(result).toContain("Nothing was taken in.");
  expect(result).toContain("1 row is refused");
  expect(await rows("SELECT 1 FROM subscriber")).toEqual([]);
});
