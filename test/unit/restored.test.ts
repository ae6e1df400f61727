// Was the database restored? Its record's end against the end seen before.
import { expect, test } from "@jest/globals";
import { sayRestored, wasRestored } from "../../src/domain/restored.ts";

const seen = { seq: 10, hash: "ten", at: "2026-11-22T09:00:00Z", stamp: null };
const head = (seq: number, hash: string) => ({ seq, hash, at: "2026-11-22T08:00:00Z" });

test("a record that goes on from what was seen is the same database", () => {
  expect(wasRestored(seen, head(10, "ten"), "ten")).toBeNull();
  expect(wasRestored(seen, head(12, "twelve"), "ten")).toBeNull();
});

test("a record that ends earlier was restored, and says where it ends and how much is missing", () => {
  const restored = wasRestored(seen, head(7, "seven"), null);
  expect(restored && sayRestored(restored)).toBe(
    "the database was restored: it ends at entry 7 of 2026-11-22T08:00:00Z, 3 entries are missing",
  );
});

test("a record that went on after it was restored shows by the entry that is another", () => {
  const restored = wasRestored(seen, head(15, "fifteen"), "another ten");
  expect(restored?.missing).toBeNull();
  expect(restored && sayRestored(restored)).toContain("its entry 10 is not the one that was there before");
});
