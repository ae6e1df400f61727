// /preferences/:token: what one person gets, why, and how they change it, without a login or a cookie. GET changes nothing (H94).
import type { FastifyInstance, FastifyReply } from "fastify";
import { PUBLIC_RATES } from "../../../config/audience-limits.ts";
import { eraseOneself } from "../../audience/person-data.ts";
import {
  askEverything,
  changePreferences,
  type Reach,
  reachOf,
  shownPerson,
} from "../../audience/preferences.ts";
import { stop, stopList } from "../../audience/stop.ts";
import { openNames } from "../models/names.ts";
import { preferenceForm, preferencesView, type Said } from "../models/preferences.ts";
import type { Fields } from "../plugins/forms.ts";
import { perToken } from "../plugins/limits.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Request = { Params: { token: string }; Body: Fields | undefined };
type Needs = Pick<WebDeps, "store" | "secret" | "settings" | "library" | "listNames">;
interface Asked {
  readonly deps: Needs;
  readonly reply: FastifyReply;
  readonly reach: Reach;
  readonly token: string;
  readonly fields: Fields;
}

export function preferenceRoutes(app: FastifyInstance, deps: Needs): void {
  const limit = perToken(PUBLIC_RATES.changePerToken);
  app.get<Request>("/preferences/:token", limit, ({ params: { token } }, reply) => {
    const reach = reachOf(deps, token, Date.now());
    return reach ? showPreferences(deps, reply, reach, token) : notOurs(deps, reply);
  });

  app.post<Request>("/preferences/:token", limit, ({ params: { token }, body }, reply) => {
    const reach = reachOf(deps, token, Date.now());
    const fields = body ?? {};
    const answer = ANSWERS[fields.do ?? ""];
    if (!reach) return notOurs(deps, reply);
    return answer
      ? answer({ deps, reply, reach, token, fields })
      : showPreferences(deps, reply, reach, token);
  });
}

const ANSWERS: Readonly<Record<string, (asked: Asked) => Promise<FastifyReply>>> = {
  save,
  "stop-list": async ({ deps, reply, reach, token, fields }) => {
    const shown = await shownPerson(deps, reach);
    const found = shown?.consents.find(({ listKey }) => listKey === fields.list);
    if (!found) return showPreferences(deps, reply, reach, token);
    await stopList(deps, { subscriberId: reach.subscriberId, listKey: found.listKey, how: "page" });
    return showPreferences(deps, reply, reach, token, { done: `You get no more of “${found.listName}”.` });
  },
  "stop-all": async ({ deps, reply, reach, token }) => {
    await stop(deps, { subscriberId: reach.subscriberId, how: "page" });
    return showPreferences(deps, reply, reach, token, { done: "You get no more messages from us." });
  },
  everything: async ({ deps, reply, reach, token }) => {
    await askEverything(deps, reach);
    return show(deps, reply, "preferences/sent.njk", {
      section: "preferences",
      action: `/preferences/${token}`,
    });
  },
  erase: ({ deps, reply, token }) =>
    show(deps, reply, "preferences/erase.njk", { section: "preferences", action: `/preferences/${token}` }),
  "erase-yes": async ({ deps, reply, reach }) => {
    await eraseOneself(deps, reach.subscriberId);
    return show(deps, reply, "preferences/erased.njk", { section: "preferences" });
  },
};

async function save({ deps, reply, reach, token, fields }: Asked): Promise<FastifyReply> {
  const read = preferenceForm(deps.library.languages()).safeParse(fields);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => ({
      text: message,
      href: `#${path.join("-")}`,
    }));
    return showPreferences(deps, reply.code(422), reach, token, { faults, typed: fields });
  }
  const changed = await changePreferences(deps, reach, read.data);
  return changed
    ? showPreferences(deps, reply, reach, token, { done: "Your choices are saved." })
    : notOurs(deps, reply);
}

const notOurs = (deps: Needs, reply: FastifyReply): Promise<FastifyReply> =>
  show(deps, reply, "preferences/not-ours.njk", { section: "preferences" });

/** The page of one person, as far as this link shows it; neutral where they are gone. */
export async function showPreferences(
  deps: Needs,
  reply: FastifyReply,
  reach: Reach,
  token: string,
  said: Said = {},
): Promise<FastifyReply> {
  const [names, shown] = [await openNames(deps), await shownPerson(deps, reach)];
  if (!shown) return notOurs(deps, reply);
  return show(deps, reply, "preferences/page.njk", {
    ...{ section: "preferences", names, action: `/preferences/${token}`, everything: reach.everything },
    // Nothing of it stays behind in the browser's history or title where it says something about the person.
    sensitive: reach.everything,
    ...preferencesView(shown, names, deps.library.languages(), said),
  });
}
