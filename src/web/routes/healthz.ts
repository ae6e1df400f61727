// GET /healthz: is this process alive, and can it ask the database?
import type { FastifyInstance } from "fastify";
import type { WebDeps } from "../web-deps.ts";

export function healthRoutes(app: FastifyInstance, { store }: Pick<WebDeps, "store">): void {
  app.get("/healthz", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    try {
      await store.pages.ping();
      return { status: "ok", database: "ok" };
    } catch {
      return reply.code(503).send({ status: "failing", database: "cannot be reached" });
    }
  });
}
