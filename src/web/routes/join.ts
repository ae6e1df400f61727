// /join: ask for our messages. Ordinary lists, young people's and those about personal subjects each have a page of their own.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { PUBLIC_RATES } from "../../../config/audience-limits.ts";
import { join, JOIN_PAGES, type JoinPage, offerOf, type JoinRequest } from "../../audience/join.ts";
import { besideFields, type Fault } from "../answers.ts";
import { openNames } from "../models/names.ts";
import { languageChoices, ticked } from "../models/public-form.ts";
import type { Fields } from "../plugins/forms.ts";
import { perPlace } from "../plugins/limits.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Request = { Body: Fields | undefined };
type Needs = Pick<WebDeps, "store" | "secret" | "settings" | "library" | "listNames">;

const PATH: Readonly<Record<JoinPage, string>> = {
  ordinary: "/join",
  young: "/join/young",
  private: "/join/private",
};
/** Where the first field of a fault is on the page. */
const PLACE: Readonly<Record<string, string>> = { lists: "#lists", ageBand: "#age" };

const form = (languages: readonly string[]) =>
  z
    .looseObject({
      email: z.string().max(320).default(""),
      first_name: z.string().trim().max(80, "Your first name can have at most 80 characters").default(""),
      postcode: z.string().max(40).default(""),
      area: z.string().max(80).default(""),
      language: z
        .string()
        .refine((code) => languages.includes(code), "Choose a language")
        .default("en"),
      format: z.enum(["html", "plain"], "Choose how messages look").default("html"),
      age: z.string().max(20).default(""),
    })
    .transform((given): JoinRequest => ({
      ...{ email: given.email, firstName: given.first_name, postcode: given.postcode },
      ...{ areaCode: given.area, language: given.language, format: given.format, ageBand: given.age },
      lists: ticked(given, "list"),
      groups: ticked(given, "group"),
      interests: ticked(given, "interest"),
    }));

export function joinRoutes(app: FastifyInstance, deps: Needs): void {
  for (const page of JOIN_PAGES) {
    app.get(PATH[page], (_request, reply) => ask(deps, reply, page));
    app.post<Request>(PATH[page], perPlace(PUBLIC_RATES.formPerAddress), ({ body }, reply) =>
      answer(deps, reply, page, body ?? {}),
    );
  }
}

async function answer(deps: Needs, reply: FastifyReply, page: JoinPage, fields: Fields) {
  // A field nobody sees: whoever fills it in is no person. They are told what everybody is told.
  if (fields.website) return sent(deps, reply, page);
  const read = form(deps.library.languages()).safeParse(fields);
  const faults = read.success
    ? (await join(deps, page, read.data)).map(({ field, text }) => ({
        text,
        href: PLACE[field] ?? `#${field}`,
      }))
    : read.error.issues.map(({ path, message }) => ({ text: message, href: `#${path.join("-")}` }));
  return faults.length > 0 ? ask(deps, reply.code(422), page, faults, fields) : sent(deps, reply, page);
}

/** The same whether the address is new, known or suppressed: a stranger learns nothing of it. */
const sent = (deps: Needs, reply: FastifyReply, page: JoinPage) =>
  show(deps, reply, "join/sent.njk", { section: "join", path: PATH[page], sensitive: page === "private" });

async function ask(
  deps: Needs,
  reply: FastifyReply,
  page: JoinPage,
  faults: readonly Fault[] = [],
  typed: Fields = {},
) {
  const [names, offer] = [await openNames(deps), await offerOf(deps, page)];
  const languages = deps.library.languages();
  const others = await Promise.all(
    JOIN_PAGES.map(async (other) => [other, (await offerOf(deps, other)).lists.length > 0] as const),
  );
  return show(deps, reply, "join/form.njk", {
    ...{ section: "join", names, page, path: PATH[page], faults, typed, errors: besideFields(faults) },
    sensitive: page === "private",
    lists: offer.lists.map((list) => ({
      ...{ key: list.key, name: list.name, words: list.wording.text, privacy: list.privacyNoticeUrl },
      controllers: list.controllers.join(", "),
      checked: list.key in prefixed(typed, "list"),
    })),
    groups: boxes(offer.groups, typed, "group"),
    interests: boxes(offer.interests, typed, "interest"),
    areas: offer.areas.map(({ code, name }) => ({ value: code, text: name, selected: code === typed.area })),
    languages: languageChoices(languages, languages.find((code) => code === typed.language) ?? "en"),
    there: Object.fromEntries(others),
  });
}

const prefixed = (typed: Fields, kind: string): Record<string, true> =>
  Object.fromEntries(ticked(typed, kind).map((key) => [key, true]));

const boxes = (offered: readonly { key: string; name: string }[], typed: Fields, kind: string) =>
  offered.map(({ key, name }) => ({ key, name, checked: key in prefixed(typed, kind) }));
