// The slot language: what authors may write, what is refused and how, and that no value or text can do anything else.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ALL_SLOTS,
  AUTHOR_SLOTS,
  cleanValue,
  escapeHtml,
  fillSlots,
  parseSlots,
  prepare,
  type ParsedSlots,
  type SlotValues,
} from "../../src/domain/slots.ts";

const read = (text: string): ParsedSlots => {
  const parsed = parseSlots(text, AUTHOR_SLOTS);
  if ("faults" in parsed) throw new Error(parsed.faults.join(" "));
  return parsed;
};
const faultsOf = (text: string): readonly string[] => {
  const parsed = parseSlots(text, AUTHOR_SLOTS);
  return "faults" in parsed ? parsed.faults : [];
};
const filled = (text: string, values: SlotValues, escape?: (value: string) => string): string => {
  const done = fillSlots(read(text), values, escape);
  if (!done.ok) throw new Error(`missing ${done.missing}`);
  return done.text;
};

describe("reading", () => {
  test("a slot with a fallback, one without, and the text between them are read in order", () => {
    expect(read("Dear {{first_name|neighbour}} of {{ ward }}!").parts).toEqual([
      "Dear ",
      { slot: "first_name", fallback: "neighbour" },
      " of ",
      { slot: "ward" },
      "!",
    ]);
  });

  test("a fallback may be empty, which leaves the place blank", () => {
    expect(filled("Hello{{first_name|}}.", {})).toBe("Hello.");
  });

  test("single braces are ordinary text", () => {
    expect(filled("A {note} } {", {})).toBe("A {note} } {");
  });

  test("any text without double braces or commands comes back as it was", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).map((s) => s.replace(/[{}]/g, "")),
        (text) => {
          expect(filled(text, {})).toBe(text);
        },
      ),
    );
  });

  test.each([
    [
      "Good people {% for i in (1..9) %}",
      "A message cannot hold loops or commands: found '{% for' at character 13.",
    ],
    ["{# hidden #}", "A message cannot hold loops or commands: found '{# hidden' at character 1."],
    ["Dear friend}}", "Two closing braces without a slot: found '}}' at character 12."],
    ["Dear {{first_name", "A slot is opened but never closed: found '{{first_name' at character 6."],
    ["{{ {{ward}} }}", "Slots cannot hold braces or other slots: found '{{' at character 1."],
    ["{{{ward}}}", "Slots cannot hold braces or other slots"],
    ["{{ward|upper|trim}}", "A slot has one fallback and no filters"],
    [
      "{{user.name}}",
      "A slot is one plain name, without dots, brackets or commands: found '{{user.name}}' at character 1.",
    ],
    ["{{constructor.constructor('return process')()}}", "A slot is one plain name"],
    ['{{lookup this "constructor"}}', "A slot is one plain name"],
    ["{{#each x}}", "A slot is one plain name"],
    ["{{}}", "A slot is one plain name"],
    ["{{__proto__}}", "A slot is one plain name"],
    ["{{ward|two\nlines}}", "The fallback of a slot must be one line"],
    [
      "🎃🎃 {{surname|you}}",
      "There is no slot called \"surname\": found '{{surname|you}}' at character 4. Allowed here: first_name, ward.",
    ],
    ["{{unsubscribe_url}}", 'There is no slot called "unsubscribe_url"'],
  ])("%j is refused with a plain sentence", (text, sentence) => {
    expect(faultsOf(text).join(" ")).toContain(sentence);
  });

  test("every fault has its own sentence, up to ten", () => {
    expect(faultsOf("{{a}} {{b}} {% c %}")).toHaveLength(3);
    expect(faultsOf("{{a}}".repeat(500))).toHaveLength(10);
  });

  test("no text whatever makes it throw, and what is accepted can be filled", () => {
    const bracy = fc.array(
      fc.constantFrom("{{", "}}", "{", "}", "{%", "{#", "|", "ward", "first_name", ".", " ", "é", "\n", "🎃"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          bracy.map((bits) => bits.join("")),
        ),
        (text) => {
          const parsed = parseSlots(text, ALL_SLOTS);
          if ("faults" in parsed) for (const fault of parsed.faults) expect(fault).toMatch(/[.}]$/);
          else expect(fillSlots(parsed, { ward: "w", first_name: "f" }).ok).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each(["{", "}", "{{", "}}", "{{ward", "{{ward|", "{{a|{{", "{%", "{{ward|x}}", "{{ {", "{{|"])(
    "a megabyte of %j is read in linear time",
    (bit) => {
      const started = performance.now();
      parseSlots(bit.repeat(Math.ceil(1_000_000 / bit.length)), AUTHOR_SLOTS);
      expect(performance.now() - started).toBeLessThan(3000);
    },
  );
});

describe("filling", () => {
  test("a value is never read as a slot again", () => {
    expect(filled("{{first_name}} {{ward}}", { first_name: "{{ward}}", ward: "{{first_name}}" })).toBe(
      "{{ward}} {{first_name}}",
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (first, ward) => {
        const values = { first_name: `{{ward}}${first}`, ward: `{{first_name}}${ward}` };
        expect(filled("<{{first_name}}|{{ward}}>", values)).toBe(
          `<${cleanValue(values.first_name)}|${cleanValue(values.ward)}>`,
        );
      }),
    );
  });

  test("replacement patterns in a value are only characters", () => {
    expect(filled("{{ward}}", { ward: "$& $1 $` \\1" })).toBe("$& $1 $` \\1");
  });

  test("a missing, blank or invisible value takes the fallback", () => {
    for (const values of [{}, { ward: "" }, { ward: "  " }, { ward: "\n\u0000" }])
      expect(filled("in {{ward|your area}}", values)).toBe("in your area");
  });

  test("without a value or fallback the filling is refused and names the slot", () => {
    expect(fillSlots(read("Dear {{first_name}}"), {})).toEqual({ ok: false, missing: "first_name" });
  });

  test("a value becomes one line without control characters or direction overrides", () => {
    expect(filled("{{ward}}", { ward: "North\r\nBcc: x@y\u0000\u202Egate" })).toBe("North Bcc: x@y gate");
  });

  test("values are escaped in html; literals and fallbacks already belong there", () => {
    const text = "<p>{{first_name|Mary &amp; all}} {{ward}}</p>";
    expect(filled(text, { ward: `"><img src=x onerror='1'>` }, escapeHtml)).toBe(
      "<p>Mary &amp; all &quot;&gt;&lt;img src=x onerror=&#39;1&#39;&gt;</p>",
    );
  });

  test("only a recipient's own fields count, never what an object inherits", () => {
    const inherited = Object.create({ ward: "inherited" }) as SlotValues;
    expect(filled("{{ward|none}}", inherited)).toBe("none");
  });
});

describe("prepared templates", () => {
  test("fill the same way again and again, and say which slots they use", () => {
    const ready = prepare("{{ward|here}} {{first_name|you}} {{ward|there}}");
    expect(ready.slots).toEqual(["ward", "first_name"]);
    expect(ready.fill({ ward: "A" })).toEqual({ ok: true, text: "A you A" });
    expect(ready.fill({})).toEqual({ ok: true, text: "here you there" });
  });

  test("a faulty template is refused at once", () => {
    expect(() => prepare("{{nothing}}")).toThrow(expect.objectContaining({ code: "bad-slots" }));
  });
});
