// Files that are sent to us: whole or not there, also where a browser tries again while its first try still hangs (H12).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { openUploads } from "../../src/audience/import/uploads.ts";
import { folders } from "../support/folder.ts";
import { until } from "../support/waiting.ts";

const newFolder = folders();
const ID = "0198c0de-0000-7000-8000-000000000001";
const ABOUT = { id: ID, listKey: "news", fileName: "people.csv", by: "ann@example.org", importId: null };
const CONTENT = "email\nann@example.org\n";
const halves = (dir: string): string[] =>
  existsSync(join(dir, "uploads"))
    ? readdirSync(join(dir, "uploads")).filter((name) => name.endsWith(".part"))
    : [];

test.each(["before", "after"] as const)(
  "H12: a first try that breaks off %s the second one is kept harms nothing",
  async (when) => {
    const dir = newFolder();
    const uploads = openUploads(dir);
    const hanging = new PassThrough();
    const first = uploads.receive(ID, hanging).catch(() => "broken off");
    hanging.write("email\nann@exa");
    await until(() => halves(dir).length > 0);
    const second = await uploads.receive(ID, Readable.from([Buffer.from(CONTENT)]));
    const breakOff = async () => {
      hanging.destroy(new Error("the connection is gone"));
      expect(await first).toBe("broken off");
    };
    if (when === "before") await breakOff();
    await uploads.keep(second, ABOUT);
    if (when === "after") await breakOff();
    expect(readFileSync(uploads.path(ID), "utf8")).toBe(CONTENT);
    expect(halves(dir)).toEqual([]);
  },
);

test("what was broken off leaves nothing", async () => {
  const dir = newFolder();
  const hanging = new PassThrough();
  const sent = openUploads(dir).receive(ID, hanging);
  hanging.write("email\n");
  await until(() => halves(dir).length > 0);
  hanging.destroy(new Error("the connection is gone"));
  await expect(sent).rejects.toThrow("the connection is gone");
  expect(halves(dir)).toEqual([]);
});
