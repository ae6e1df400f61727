// When a zone's rules change: what is planned keeps its wall time, what is due already is left alone (S3).
import { describe, expect, test } from "@jest/globals";
import { movedTimes, type StoredWindow } from "../../src/domain/moved-times.ts";

const now = "2026-11-22T09:00:00.000Z";
const stored: StoredWindow = {
  zone: "Europe/London",
  dueWall: "2027-06-01T09:00",
  dueAt: "2027-06-01T08:00:00.000Z",
  earliestWall: "2027-06-01T08:00",
  earliestAt: "2027-06-01T07:00:00.000Z",
  latestUsefulWall: "2027-06-08T09:00",
  latestUsefulAt: "2027-06-08T08:00:00.000Z",
  expiresWall: "2027-07-01T00:00",
  expiresAt: "2027-06-30T23:00:00.000Z",
};
/** As it would have been stored under other rules of the zone. */
const off = (hours: number): StoredWindow => {
  const shift = (at: string | null) => at && new Date(Date.parse(at) + hours * 3_600_000).toISOString();
  return {
    ...stored,
    dueAt: shift(stored.dueAt) ?? "",
    earliestAt: shift(stored.earliestAt),
    latestUsefulAt: shift(stored.latestUsefulAt) ?? "",
    expiresAt: shift(stored.expiresAt),
  };
};
const truth = {
  dueAt: "2027-06-01T08:00:00Z",
  earliestAt: "2027-06-01T07:00:00Z",
  latestUsefulAt: "2027-06-08T08:00:00Z",
  expiresAt: "2027-06-30T23:00:00Z",
};

describe("what is planned", () => {
  test("is left alone where its instants are what its wall times stand for", () => {
    expect(movedTimes(stored, now)).toBeNull();
  });

  test.each([1, -1])("moves whole where its instants are off by %i h", (hours) => {
    expect(movedTimes(off(hours), now)).toEqual(truth);
  });

  test("is left alone once it is due, however far off", () => {
    expect(movedTimes(off(1), "2027-06-01T09:00:00Z")).toBeNull();
    expect(movedTimes(off(-1), "2027-06-01T07:30:00Z")).toBeNull();
  });

  test("with open ends keeps them open", () => {
    const open = { earliestWall: null, earliestAt: null, expiresWall: null, expiresAt: null };
    expect(movedTimes({ ...off(1), ...open }, now)).toMatchObject({ earliestAt: null, expiresAt: null });
  });

  test("whose latest useful wall time was not stored keeps its distance", () => {
    expect(movedTimes({ ...off(1), latestUsefulWall: null }, now)).toMatchObject({
      latestUsefulAt: "2027-06-08T08:00:00.000Z",
    });
  });

  test("for a minute in which it was written, with seconds, is left alone", () => {
    expect(movedTimes({ ...stored, dueAt: "2027-06-01T08:00:31.250Z" }, now)).toBeNull();
  });

  test.each(["2027-10-31T00:30:00.000Z", "2027-10-31T01:30:00.000Z"])(
    "for one of two equal hours stays at the one that was chosen: %s",
    (dueAt) => {
      const twice = { dueWall: "2027-10-31T01:30", dueAt, earliestWall: null, earliestAt: null };
      const later = {
        latestUsefulWall: "2027-11-07T01:30",
        latestUsefulAt: "2027-11-07T01:30:00.000Z",
        expiresWall: null,
        expiresAt: null,
      };
      expect(movedTimes({ ...stored, ...twice, ...later }, now)).toBeNull();
    },
  );

  test("for a time that the clocks now jump over moves to the later one (S1)", () => {
    const gap = {
      dueWall: "2027-03-28T01:30",
      dueAt: "2027-03-28T00:30:00.000Z",
      earliestWall: null,
      earliestAt: null,
    };
    expect(movedTimes({ ...stored, ...gap }, now)).toMatchObject({ dueAt: "2027-03-28T01:30:00Z" });
  });

  test("keeps its ends in order, whatever moved", () => {
    const close = { ...off(1), earliestWall: "2027-06-01T09:00", earliestAt: "2027-06-01T09:00:00.000Z" };
    const moved = movedTimes(close, now);
    expect(Date.parse(moved?.earliestAt ?? "")).toBeLessThanOrEqual(Date.parse(moved?.dueAt ?? ""));
  });

  test("in a zone that is gone keeps the instants that were promised", () => {
    expect(movedTimes({ ...off(1), zone: "Europe/Atlantis" }, now)).toBeNull();
  });
});
