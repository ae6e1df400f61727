// Imports in tests: a house with empty lists, files written on the spot, and what the tables say afterwards. Call at the top of a file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "@jest/globals";
import pg from "pg";
import { importList } from "../../src/audience/import/import.ts";
import type { ImportRequest, ImportResult } from "../../src/audience/import/request.ts";
import { emailHash } from "../../src/audience/stop-token.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { folders } from "./folder.ts";
import { withHouse } from "./sample.ts";

export const LIST = "community-safety-news";
export const BY = "maya.okafor@council.example.org";
export const HEAD = "email,first_name,basis,wording,source,given_at";
export const personRow = (email: string, name = "Ann") => `${email},${name},consent,2026-1,form,2026-03-31`;
export type Done = Exclude<ImportResult, { kind: "same" }>;

const TABLES =
  "subscriber, consent, suppression, objection, former_consent, import, import_refusal, import_row, audience_cell, export_request";

export function withImports() {
  const newFolder = folders();
  let client: pg.Client;
  let folder = "";
  let files = 0;
  afterAll(() => client.end());
  const { house, databaseUrl } = withHouse({ people: 0 });
  beforeAll(async () => {
    folder = newFolder();
    client = new pg.Client({ connectionString: databaseUrl() });
    await client.connect();
  });
  beforeEach(() => client.query(`TRUNCATE ${TABLES} CASCADE`));

  const file = (content: string | Buffer): string => {
    const path = join(folder, `list-${(files += 1)}.csv`);
    writeFileSync(path, content);
    return path;
  };
  const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(sql, values)).rows;
  const bring = (content: string | Buffer, more: Partial<ImportRequest> = {}): Promise<ImportResult> =>
    importList(house().deps, { path: file(content), fileName: "list.csv", listKey: LIST, by: BY, ...more });
  return {
    ...{ house, databaseUrl, file, rows, bring },
    newFolder,
    taken: async (content: string | Buffer, more: Partial<ImportRequest> = {}): Promise<Done> =>
      (await bring(content, more)) as Done,
    hash: (email: string): string => emailHash(house().deps.secret, email),
    names: async (): Promise<(string | null)[]> =>
      (await rows<{ n: string | null }>("SELECT first_name AS n FROM subscriber ORDER BY email")).map(
        ({ n }) => n,
      ),
    /** Nothing anywhere of an import that was not taken, but that it failed. */
    expectNothing: async (): Promise<void> => {
      expect(
        await rows(
          "SELECT 1 FROM subscriber UNION ALL SELECT 1 FROM consent UNION ALL SELECT 1 FROM import_row UNION ALL SELECT 1 FROM import_refusal",
        ),
      ).toEqual([]);
      expect(await rows("SELECT 1 FROM import WHERE state <> 'failed'")).toEqual([]);
    },
  };
}

/** The rule that was broken; fails where none was. */
export async function notWell(work: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DomainError);
  return error as DomainError;
}
