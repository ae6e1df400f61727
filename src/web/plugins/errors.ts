// What went wrong, in plain words on a page; our own faults go to the running log and are never shown.
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { DomainError } from "../../domain/errors.ts";
import { openNames } from "../models/names.ts";
import { type StandingDeps, standingNow } from "../models/standing.ts";

/** Any code that is not here is a rule somebody broke: 422. */
const STATUS: Readonly<Record<string, number>> = {
  "bad-query": 400,
  "no-such-list": 404,
  "not-here": 404,
  "file-too-large": 413,
  "somebody-was-first": 409,
  expired: 410,
};
const PUBLIC = /^\/(news|check|stop|media|l|join|confirm|preferences|complain)(\/|$|\?)/;

interface Said {
  readonly status: number;
  readonly title: string;
  readonly lines: readonly string[];
}

export function errors(app: FastifyInstance, deps: StandingDeps): void {
  app.setNotFoundHandler((request, reply) => show(deps, request.url, reply, notFound()));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const said = explain(error);
    if (said.status >= 500)
      request.log.error({ err: error, id: request.id, route: request.routeOptions.url }, "a page failed");
    return show(deps, request.url, reply, said);
  });
}

/** What the web server itself turns down. */
const WORDS: Readonly<Record<number, Omit<Said, "status">>> = {
  413: { title: "That was too much", lines: ["What you sent is larger than this page takes."] },
  429: {
    title: "That was too often",
    lines: ["Wait a minute, then try again. What you did before is done."],
  },
};

const notFound = (
  why = "If you typed the address, check that it is right. If you followed a link, the page may have moved.",
): Said => ({
  status: 404,
  title: "Page not found",
  lines: [why],
});

function explain(error: FastifyError): Said {
  if (error instanceof DomainError) {
    const status = STATUS[error.code] ?? 422;
    if (status === 404) return notFound(error.message);
    if (status === 410) return { status, title: "This news has expired", lines: [error.message] };
    const title = status === 400 ? "The address of this page has a mistake in it" : "This cannot be done";
    return { status, title, lines: [error.message, ...error.faults] };
  }
  const status = error.statusCode ?? 500;
  if (status === 404) return notFound();
  const ours = WORDS[status];
  if (ours) return { status, ...ours };
  if (status < 500)
    return { status, title: "That could not be understood", lines: ["Go back and try again."] };
  return {
    status: 500,
    title: "Sorry, there is a problem with this page",
    lines: [
      "Nothing was changed. Try again in a minute.",
      "If it goes on, tell the person who looks after Bellman; the running log says more.",
    ],
  };
}

/** Plain, without the partnership's name. What is on hold is said where the database is not what is wrong. */
async function show(deps: StandingDeps, url: string, reply: FastifyReply, said: Said): Promise<FastifyReply> {
  const layout = PUBLIC.test(url) ? "public.njk" : "layout.njk";
  const asks = layout === "layout.njk" && said.status < 500;
  const standing = asks
    ? await openNames(deps)
        .then((names) => standingNow(deps, names))
        .catch(() => null)
    : null;
  void reply.code(said.status).header("cache-control", "no-store");
  return reply.view("error.njk", {
    ...said,
    layout,
    standing,
    cspNonce: reply.cspNonce?.script,
    partnershipName: null,
  });
}
