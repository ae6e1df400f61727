// Where the queue's Redis is, in each of its four forms.
import { describe, expect, test } from "@jest/globals";
import { parseRedisAddress, sayRedis } from "../../src/lib/redis-address.ts";

describe("an address of Redis", () => {
  test.each(["redis://localhost", "rediss://user:secret@redis.example.org:6380/2"])(
    "%s is one server",
    (url) => {
      expect(parseRedisAddress(url)).toMatchObject({ kind: "single", url });
    },
  );

  test("with Sentinels names them all, the master and its database", () => {
    expect(parseRedisAddress("redis-sentinel://bell:p%40ss@h1:26380,h2/mymaster?db=3")).toEqual({
      kind: "sentinel",
      places: [
        { host: "h1", port: 26380 },
        { host: "h2", port: 26379 },
      ],
      name: "mymaster",
      db: 3,
      username: "bell",
      password: "p@ss",
    });
  });

  test("of a Cluster names some of its nodes, and may have a password alone", () => {
    expect(parseRedisAddress("redis-cluster://:secret@h1:7000,[::1]:7001")).toEqual({
      kind: "cluster",
      places: [
        { host: "h1", port: 7000 },
        { host: "::1", port: 7001 },
      ],
      password: "secret",
    });
  });

  test.each([
    "",
    "localhost:6379",
    "http://localhost",
    "redis-sentinel://h1:26379",
    "redis-sentinel://h1,/mymaster",
    "redis-sentinel://h1:99999/mymaster",
    "redis-cluster://h1:7000/mymaster",
    "redis-cluster://h1:7000?db=1",
    "redis-cluster://",
    "redis-cluster://%zz:x@h1",
  ])("is not: %s", (text) => {
    expect(parseRedisAddress(text)).toBeNull();
  });

  test("is said without its password", () => {
    expect(sayRedis("redis-sentinel://bell:secret@h1,h2/mymaster")).toBe("h1:26379, h2:26379");
  });
});
