// Styles, scripts and images under /assets/, each under a name that holds its hash, so that they may be kept for ever.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { PROJECT } from "../../../config/env.ts";
import { FOR_EVERYONE } from "./security.ts";

const BUILT = join(PROJECT, "build", "assets");

export async function assets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: BUILT,
    prefix: "/assets/",
    immutable: true,
    maxAge: "365d",
    index: false,
    decorateReply: false,
    setHeaders: (reply) => void reply.header("cross-origin-resource-policy", FOR_EVERYONE),
  });
}

/** The address of a built file by the name it was written under. Throws where it was not built. */
export function openManifest(): (name: string) => string {
  const manifest = JSON.parse(readFileSync(join(BUILT, "manifest.json"), "utf8")) as Record<string, string>;
  return (name) => {
    const built = manifest[name];
    if (built === undefined) throw new Error(`build/assets has no ${name}: run npm run build`);
    return `/assets/${built}`;
  };
}
