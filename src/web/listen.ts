// Serves the pages of a house. The only place that listens; tests use buildApp and inject.
import type { FastifyInstance } from "fastify";
import type { Settings } from "../../config/env.ts";
import { DomainError } from "../domain/errors.ts";
import type { OpenHouse } from "../house.ts";
import { buildApp } from "./app.ts";

/** Resolves once the port is open; `close()` it when done. Throws DomainError "port-in-use". */
export async function listen(
  house: OpenHouse,
  { host, port }: Pick<Settings, "host" | "port">,
): Promise<FastifyInstance> {
  const app = await buildApp({ ...house.deps, outbox: house.outbox, timeline: house.timeline });
  try {
    await app.listen({ host, port });
    return app;
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new DomainError(
      "port-in-use",
      `Port ${port} is in use on this machine. Stop what uses it, or set another, such as PORT=${port + 1}.`,
    );
  }
}
