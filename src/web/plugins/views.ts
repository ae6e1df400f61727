// Draws pages with Nunjucks: our own templates and GOV.UK's macros, everything escaped unless a template says otherwise.
import { join } from "node:path";
import fastifyView from "@fastify/view";
import type { FastifyInstance } from "fastify";
import nunjucks from "nunjucks";
import { PROJECT } from "../../../config/env.ts";
import { formToken } from "../answers.ts";
import { sayCount } from "../models/words.ts";
import type { WebDeps } from "../web-deps.ts";
import { openManifest } from "./assets.ts";

export const TEMPLATES = [
  join(PROJECT, "templates", "pages"),
  join(PROJECT, "node_modules", "govuk-frontend", "dist"),
];

export async function views(app: FastifyInstance, deps: Pick<WebDeps, "settings" | "secret">): Promise<void> {
  const asset = openManifest();
  await app.register(fastifyView, {
    engine: { nunjucks },
    templates: TEMPLATES,
    options: {
      autoescape: true,
      trimBlocks: true,
      lstripBlocks: true,
      onConfigure: (env: nunjucks.Environment) => {
        env.addGlobal("asset", asset);
        env.addGlobal("sandbox", deps.settings.sending === "sandbox");
        env.addGlobal("formToken", formToken(deps.secret));
        env.addGlobal("staging", deps.settings.sending === "allowlist");
        env.addFilter("count", sayCount);
      },
    },
  });
}
