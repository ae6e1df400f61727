// Reading a YAML file: every fault at once, each with its line and path; never an exception, whatever the text.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { writtenFile } from "../../src/domain/campaign-file.ts";
import { partnershipFile } from "../../src/domain/partnership-file.ts";
import { readYaml } from "../../src/lib/yaml-file.ts";

const place = z.strictObject({ code: z.string().min(2, "is too short"), name: z.string() });
const schema = z.strictObject({
  title: z.string().max(10, "is too long"),
  places: z.array(place).default([]),
  block: z.union([z.strictObject({ heading: z.string() }), z.strictObject({ image: z.string() })]).optional(),
});
const faults = (text: string, check?: Parameters<typeof readYaml<z.infer<typeof schema>>>[2]) => {
  const read = readYaml(text, schema, check);
  return read.ok ? [] : read.faults;
};

describe("a file in order", () => {
  test("is its value, with what the schema adds", () => {
    expect(readYaml("title: Hello # a remark\n", schema)).toEqual({
      ok: true,
      value: { title: "Hello", places: [] },
    });
  });

  test("may use a few aliases", () => {
    const text = "title: T\nplaces:\n  - &a { code: AB, name: N }\n  - *a\n";
    expect(readYaml(text, schema)).toMatchObject({
      ok: true,
      value: { places: [{ code: "AB" }, { code: "AB" }] },
    });
  });
});

describe("a fault", () => {
  test("names the line and the path of its place", () => {
    const text = [
      "title: T",
      "# a remark",
      "places:",
      "  - code: AB",
      "    name: N",
      "  - code: X",
      "    name: M",
    ];
    expect(faults(text.join("\n"))).toEqual(["line 6, places[1].code: is too short."]);
  });

  test("has the same line whatever ends the lines", () => {
    expect(faults("title: T\r\nplaces:\r\n  - code: X\r\n    name: M\r\n")).toEqual([
      "line 3, places[0].code: is too short.",
    ]);
  });

  test("of something missing names the line of the part it is missing from", () => {
    const [fault] = faults("title: T\nplaces:\n  - code: AB\n    name: N\n  - code: CD\n");
    expect(fault).toMatch(/^line 5, places\[1\]\.name: /);
  });

  test("does not hide the others: all are listed at once", () => {
    const found = faults(
      "title: much too long a title\nplaces:\n  - code: X\n    name: N\n  - code: Y\n    name: 7\n",
    );
    expect(found.map((fault) => fault.split(":")[0])).toEqual([
      "line 1, title",
      "line 3, places[0].code",
      "line 5, places[1].code",
      "line 6, places[1].name",
    ]);
  });

  test("that is a word nobody knows is told at that word", () => {
    expect(
      faults("title: T\nplaces:\n  - code: AB\n    name: N\n    colour: blue\nsize: 3\n").sort(),
    ).toEqual([
      'line 5, places[0].colour: "colour" is not a word this file knows.',
      'line 6, size: "size" is not a word this file knows.',
    ]);
  });

  test("within one of several forms tells the nearest form's fault", () => {
    expect(faults("title: T\nblock:\n  heading: 5\n")[0]).toMatch(/^line 3, block\.heading: /);
  });

  test("that only a further check can see is told in the same way", () => {
    const check = () => [
      { path: ["places", 0, "name"], message: "leads nowhere" },
      { path: ["title"], message: "Is it so?" },
    ];
    expect(faults("title: T\nplaces:\n  - code: AB\n    name: N\n", check)).toEqual([
      "line 4, places[0].name: leads nowhere.",
      "line 1, title: Is it so?",
    ]);
  });

  test("of the shape does not hide what a further check finds in the parts that are well-shaped", () => {
    const check = ({ title, places }: { title?: string; places?: unknown[] }) => [
      { path: ["places"], message: `${places?.length ?? 0} places, title ${title ?? "unreadable"}` },
    ];
    expect(faults("title: 5\nplaces:\n  - code: AB\n    name: N\n", check)).toEqual([
      expect.stringMatching(/^line 1, title: /),
      "line 3, places: 1 places, title unreadable.",
    ]);
  });

  test("of the shape is told alone where the further check cannot do without that part", () => {
    const check = ({ title }: { title: string }) => [{ path: ["title"], message: title.toUpperCase() }];
    expect(faults("title: 5\n", check)).toEqual([expect.stringMatching(/^line 1, title: /)]);
  });
});

describe("a text that is no YAML of ours", () => {
  test.each([
    ["is empty", "", /^line 1: /],
    ["is only a remark", "# nothing\n", /^line 1: /],
    ["is one word", "hello", /^line 1: /],
    ["is a list", "- a\n- b\n", /^line 1: /],
    ["has a broken bracket", "title: T\nplaces: [1, 2\n", /^line [23]: /],
    ["has a tab for a space", "title: T\nplaces:\n\t- code: AB\n", /^line 3: /],
    ["has a key twice", "title: T\nplaces: []\ntitle: U\n", /^line 3: .*unique/],
    ["has an alias to nothing", "title: *nobody\n", /nobody/],
    ["holds two documents", "title: T\n---\ntitle: U\n", /^line \d: /],
  ])("because it %s is refused in a sentence with its line", (_, text, sentence) => {
    const found = faults(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(sentence);
    expect(found[0]).toMatch(/[.?!]$/);
  });

  test("that would unfold into a huge one is refused, and at once", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [i, name] of [..."bcdefghij"].entries()) {
      const inner = `*${"abcdefghi"[i]}`;
      bomb.push(`${name}: &${name} [${Array(10).fill(inner).join(", ")}]`);
    }
    const before = performance.now();
    expect(faults(bomb.join("\n"))).toEqual([expect.stringMatching(/^The file unfolds too far/)]);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test.each(["constructor", "__proto__", "toString"])(
    "with the word %s is told that there is no such word",
    (word) => {
      expect(faults(`title: T\n${word}: 1\n`).length).toBe(1);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    },
  );
});

describe("whatever the text", () => {
  const never = (text: string) => {
    for (const shape of [schema, partnershipFile, writtenFile] as z.ZodType[]) {
      const read = readYaml(text, shape);
      if (!read.ok) {
        expect(read.faults.length).toBeGreaterThan(0);
        for (const fault of read.faults) expect(fault).toMatch(/^(line \d+|The file unfolds too far)/);
      }
    }
  };
  const scrap = fc.constantFrom(
    ..."-:[]{}&*!|>'\"%@`#,? \n\t".split(""),
    ...[
      "title: ",
      "places:\n",
      "  - ",
      "code",
      "&a ",
      "*a",
      "<<: ",
      "!!binary ",
      "!!set ",
      "? ",
      "---\n",
      "...\n",
      "%YAML 9\n",
      "null",
      "~",
      "1e999",
      "0x",
      ".nan",
      "campaign:\n",
      "  due: ",
    ],
  );

  test("reading it never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), never), { numRuns: 150 });
  });

  test("reading what looks like YAML never throws", () => {
    fc.assert(
      fc.property(
        fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join("")),
        never,
      ),
      { numRuns: 400 },
    );
  });
});
