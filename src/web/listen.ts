// Opens the port. Only this file listens; app.ts builds, so that tests never need a port.
import type { Settings } from "../../config/env.ts";
import type { OpenHouse } from "../house.ts";
import { buildApp } from "./app.ts";

/** Serves a house's pages at HOST and PORT; a port in use is an EADDRINUSE that the command line explains. */
export async function listen({ deps, outbox, timeline }: OpenHouse, { host, port }: Settings) {
  const app = await buildApp({ ...deps, outbox, timeline });
  await app.listen({ host, port });
  return app;
}
