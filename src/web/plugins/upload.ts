// The one form that carries a file: streamed to the disk while it arrives, within limits of its own; all other forms stay small.
import { randomUUID } from "node:crypto";
import multipart, { type MultipartFile } from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { IMPORT_LIMITS } from "../../../config/audience-limits.ts";
import { mustFit } from "../../audience/import/survey.ts";
import type { Uploads } from "../../audience/import/uploads.ts";
import { formToken, notOurForm } from "../answers.ts";
import { sameText } from "../../lib/hash.ts";
import type { Fields } from "./forms.ts";

/** Beside the file: a few short fields and the marks between them. */
const AROUND = 100_000;
const LIMITS = { fileSize: IMPORT_LIMITS.bytes, files: 1, fields: 10, fieldSize: 2_000, parts: 12 };

/** A scope of its own, in which forms may carry a file. Too large a one is refused before a byte of it is read (H1). */
export function withUploads(app: FastifyInstance, routes: (scope: FastifyInstance) => void): void {
  void app.register(async (scope) => {
    scope.removeContentTypeParser("multipart/form-data");
    await scope.register(multipart, { limits: LIMITS });
    scope.addHook("onRequest", (request, _reply, done) => {
      const length = Number(request.headers["content-length"] ?? 0);
      if (length > IMPORT_LIMITS.bytes + AROUND) mustFit(length);
      done();
    });
    routes(scope);
  });
}

export interface Received {
  readonly fields: Fields;
  /** Where the file is for now, and its name; null where none was chosen. */
  readonly file: { readonly half: string; readonly name: string } | null;
  /** The same when a browser sends a form again (H12). */
  readonly id: string;
}

/** Throws "bad-form" before a file is kept, and "file-too-large" where it turns out to be. */
export async function receive(request: FastifyRequest, uploads: Uploads, secret: string): Promise<Received> {
  const fields: Record<string, string> = {};
  let [file, id]: [Received["file"], string] = [null, randomUUID()];
  for await (const part of request.parts()) {
    if (part.type === "field") fields[part.fieldname] = String(part.value);
    else {
      if (!sameText(fields.form ?? "", formToken(secret))) throw notOurForm();
      if (uploads.isId(fields.upload ?? "")) id = fields.upload ?? id;
      file = await keep(part, uploads, id);
    }
  }
  return { fields, file, id };
}

async function keep(part: MultipartFile, uploads: Uploads, id: string): Promise<Received["file"]> {
  const half = await uploads.receive(id, part.file);
  if (part.file.truncated) {
    await uploads.drop(half);
    mustFit(IMPORT_LIMITS.bytes + 1);
  }
  if (part.filename === "") {
    await uploads.drop(half);
    return null;
  }
  return { half, name: nameOf(part.filename) };
}

/** What people call it, without the folders some browsers send along. */
const nameOf = (given: string): string =>
  (given.split(/[/\\]/).at(-1) ?? "").replace(/[\p{Cc}\p{Cf}]/gu, "").slice(0, 200) || "file.csv";
