// GET /media/:sha256: a picture under the hash of its bytes, so it never changes. Mailboxes fetch these too.
import type { FastifyInstance } from "fastify";
import { FOR_EVERYONE } from "../plugins/security.ts";
import { notHere } from "../query.ts";
import type { WebDeps } from "../web-deps.ts";

const HASH = /^[0-9a-f]{64}$/;
const NO_PICTURE = "There is no picture at this address.";

export function mediaRoutes(app: FastifyInstance, { store }: Pick<WebDeps, "store">): void {
  app.get<{ Params: { sha256: string } }>("/media/:sha256", async ({ params, headers }, reply) => {
    const { sha256 } = params;
    const etag = `"${sha256}"`;
    if (!HASH.test(sha256)) throw notHere(NO_PICTURE);
    const picture = await store.site.picture(sha256);
    if (!picture) throw notHere(NO_PICTURE);
    void reply.headers({
      etag,
      "cache-control": "public, max-age=31536000, immutable",
      "cross-origin-resource-policy": FOR_EVERYONE,
    });
    if (headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.type(picture.mime).send(Buffer.from(picture.bytes));
  });
}
