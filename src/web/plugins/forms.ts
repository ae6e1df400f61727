// The one kind of form that reaches us: a few short fields, as a browser or a mailbox sends them (RFC 8058 allows both kinds).
import type { FastifyInstance } from "fastify";

export type Fields = Readonly<Record<string, string>>;

export function forms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.addContentTypeParser("multipart/form-data", { parseAs: "string" }, (_request, body, done) => {
    done(null, multipart(String(body)));
  });
}

const FIELD =
  /\r\ncontent-disposition: form-data; name="?([A-Za-z-]{1,60})"?[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{0,200})\r\n/gi;

/** Short text fields only; the body is limited long before this. */
const multipart = (body: string): Fields =>
  Object.fromEntries([...`\r\n${body}`.matchAll(FIELD)].map(([, name = "", value = ""]) => [name, value]));
