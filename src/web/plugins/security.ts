// The security headers of every answer (SEC13): nothing is allowed but what these pages themselves need.
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

type Directives = Record<string, readonly string[]>;
const SELF = "'self'";

/** What every page may do. Nonces for scripts are added by the plugin; no inline script or style is ever written. */
const PAGE: Directives = {
  "default-src": ["'none'"],
  "script-src": [],
  "style-src": [SELF],
  "img-src": [SELF],
  "connect-src": [SELF],
  "form-action": [SELF],
  "base-uri": ["'none'"],
  "frame-ancestors": ["'none'"],
};

const policy = (directives: Directives) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: Object.fromEntries(Object.entries(directives).map(([name, values]) => [name, [...values]])),
  },
  referrerPolicy: { policy: "no-referrer" as const },
  // Browsers warn on every framed preview where a page asks for a cluster of its own; nothing here gains from it.
  originAgentCluster: false,
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
});

export async function security(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { enableCSPNonces: true, xFrameOptions: { action: "deny" }, ...policy(PAGE) });
}

const framed = { enableCSPNonces: false, xFrameOptions: { action: "sameorigin" } } as const;

/** For a page that shows a message in a frame. */
export const SHOWS_FRAME = { helmet: { enableCSPNonces: true, ...policy({ ...PAGE, "frame-src": [SELF] }) } };

/** For the framed message itself: text and pictures and nothing else, wherever it is opened (H53). */
export const MESSAGE_BODY = {
  helmet: {
    ...policy({
      "default-src": ["'none'"],
      "img-src": [SELF],
      "style-src": ["'unsafe-inline'"],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
      "frame-ancestors": [SELF],
      sandbox: [],
    }),
    ...framed,
  },
};

/** For a framed public page, which brings our own style sheet. */
export const PAGE_BODY = {
  helmet: {
    ...policy({
      "default-src": ["'none'"],
      "img-src": [SELF],
      "style-src": [SELF],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
      "frame-ancestors": [SELF],
      sandbox: [],
    }),
    ...framed,
  },
};

/** Pictures and styles are loaded by mailboxes and by sandboxed frames, whose origin is nobody's. */
export const FOR_EVERYONE = "cross-origin";
