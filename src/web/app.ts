// Builds the web server: pages for staff, the public site, and nothing that sends. Never listens; whoever starts it does.
import { randomUUID } from "node:crypto";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { assets } from "./plugins/assets.ts";
import { errors } from "./plugins/errors.ts";
import { forms } from "./plugins/forms.ts";
import { limits } from "./plugins/limits.ts";
import { security } from "./plugins/security.ts";
import { views } from "./plugins/views.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { checkRoutes } from "./routes/check.ts";
import { complainRoutes } from "./routes/complain.ts";
import { complaintRoutes } from "./routes/complaints.ts";
import { confirmRoutes } from "./routes/confirm.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { doubtRoutes } from "./routes/doubts.ts";
import { feedRoutes } from "./routes/feeds.ts";
import { healthRoutes } from "./routes/healthz.ts";
import { holdRoutes } from "./routes/holds.ts";
import { homeRoutes } from "./routes/home.ts";
import { linkRoutes } from "./routes/links.ts";
import { listRoutes } from "./routes/lists.ts";
import { importRoutes } from "./routes/imports.ts";
import { joinRoutes } from "./routes/join.ts";
import { logRoutes } from "./routes/log.ts";
import { mediaRoutes } from "./routes/media.ts";
import { newsRoutes } from "./routes/news.ts";
import { outboxRoutes } from "./routes/outbox.ts";
import { preferenceRoutes } from "./routes/preferences.ts";
import { renditionRoutes } from "./routes/renditions.ts";
import { retentionRoutes } from "./routes/retention.ts";
import { senderRoutes } from "./routes/sender.ts";
import { classHelperRoutes } from "./routes/class-helper.ts";
import { segmentRoutes } from "./routes/segments.ts";
import { stopRoutes } from "./routes/stop.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { yearRoutes } from "./routes/year.ts";
import type { WebDeps } from "./web-deps.ts";

export type { Outbox, TimelineReader, WebDeps } from "./web-deps.ts";

/** The largest body: an RFC 8058 one-click is a few dozen bytes. */
const BODY_LIMIT = 16_384;
const ROUTES = [
  ...[homeRoutes, campaignRoutes, renditionRoutes, outboxRoutes, timelineRoutes, logRoutes, yearRoutes],
  ...[segmentRoutes, classHelperRoutes],
  ...[holdRoutes, decisionRoutes, doubtRoutes],
  ...[importRoutes, listRoutes, retentionRoutes, linkRoutes, senderRoutes],
  ...[newsRoutes, feedRoutes, checkRoutes, mediaRoutes, stopRoutes, healthRoutes],
  ...[joinRoutes, confirmRoutes, preferenceRoutes, complainRoutes, complaintRoutes],
];

/** Ready to `listen` or to `inject`. Throws when build/assets is missing: `npm run build` makes it. */
export async function buildApp(deps: WebDeps): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app: FastifyInstance = fastify({
    // Addresses of pages can hold a stop token: requests are not logged one by one.
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
  });
  await security(app);
  await limits(app);
  await assets(app);
  await views(app, deps);
  forms(app);
  errors(app, deps);
  for (const routes of ROUTES) routes(app, deps);
  await app.ready();
  return app;
}
