// A person's own page in words: what they get and why, since when, what was before, and the answers of its form.
import { z } from "zod";
import type { Change, shownPerson } from "../../audience/preferences.ts";
import { BASES, type Basis } from "../../domain/basis.ts";
import { besideFields, type Fault } from "../answers.ts";
import type { Fields } from "../plugins/forms.ts";
import type { Names } from "./names.ts";
import { languageChoices, type Option, ticked } from "./public-form.ts";

type Shown = NonNullable<Awaited<ReturnType<typeof shownPerson>>>;
type ShownConsent = Shown["consents"][number];
export interface Said {
  readonly done?: string;
  readonly faults?: readonly Fault[];
  readonly typed?: Fields;
}

const BASIS: Readonly<Record<Basis, string>> = {
  consent: "You asked for it",
  "public-task": "It is part of a public body’s task; you can object at any time",
  "soft-opt-in": "You used a service of theirs and did not say no",
  "charity-soft-opt-in": "You supported this charity and did not say no",
};
const ENDED: Readonly<Record<string, string>> = {
  withdrawn: "you stopped it",
  objected: "you objected",
  lapsed: "you did not answer whether you still want it",
  superseded: "you agreed anew",
};
const PAUSES = [14, 30, 90, 180] as const;
const FEWEST = [1, 2, 3, 5] as const;

/** What the form may say; what is not offered is a fault of the sender. */
export const preferenceForm = (languages: readonly string[]) =>
  z
    .looseObject({
      first_name: z.string().trim().max(80, "Your first name can have at most 80 characters").default(""),
      area: z.string().max(80).default(""),
      language: z.string().refine((code) => languages.includes(code), "Choose a language"),
      format: z.enum(["html", "plain"], "Choose how messages look"),
      most_per_week: z.coerce.number("Choose how many").int().min(0).max(7).default(0),
      pause: z
        .union([z.literal("keep"), z.coerce.number().int().min(0).max(366)], "Choose whether to pause")
        .default("keep"),
    })
    .transform((given): Change => ({
      firstName: given.first_name === "" ? null : given.first_name,
      areaCode: given.area === "" ? null : given.area,
      groups: ticked(given, "group"),
      interests: ticked(given, "interest"),
      language: given.language,
      format: given.format,
      mostPerWeek: given.most_per_week === 0 ? null : given.most_per_week,
      pause: given.pause === 0 ? null : given.pause,
    }));

export function preferencesView(shown: Shown, names: Names, languages: readonly string[], said: Said) {
  const { person, consents } = shown;
  const { faults = [], done = null } = said;
  const kept = keptOf(shown);
  const form = said.typed ? typedOf(said.typed, kept, languages) : kept;
  const standing = consents.filter(({ withdrawnAt }) => withdrawnAt === null);
  return {
    ...{ faults, done, errors: besideFields(faults) },
    masked: masked(person.email),
    stopped: person.stoppedAt === null ? null : names.day(person.stoppedAt),
    lists: person.stoppedAt === null ? standing.map((one) => listWords(one, names)) : [],
    history: consents.map((one) => ({ name: one.listName, ...historyWords(one, names) })),
    firstName: form.firstName,
    areas: areaChoices(shown, form.area),
    groups: choices(shown.groups, form.groups),
    interests: choices(shown.interests, form.interests),
    languages: languageChoices(languages, form.language),
    format: form.format,
    most: fewestChoices(form.most),
    pauses: pauseChoices(person.pausedUntil, names, form.pause),
  };
}

/** What the form shows. */
interface Form {
  readonly firstName: string;
  readonly area: string | null;
  readonly groups: readonly string[];
  readonly interests: readonly string[];
  readonly language: string;
  readonly format: string;
  readonly most: number | null;
  /** The value of an option; null: as it is now. */
  readonly pause: string | null;
}

const keptOf = ({ person, chosen }: Shown): Form => ({
  ...{ firstName: person.firstName ?? "", area: person.areaCode, groups: person.groups, interests: chosen },
  ...{ language: person.language, format: person.format, most: person.mostPerWeek, pause: null },
});

/** What somebody typed stays where a fault sends it back; what is no answer at all is shown as it is kept. */
function typedOf(typed: Fields, kept: Form, languages: readonly string[]): Form {
  const most = FEWEST_TYPED.test(typed.most_per_week ?? "") ? Number(typed.most_per_week) : kept.most;
  return {
    firstName: typed.first_name ?? "",
    area: typed.area ?? null,
    groups: ticked(typed, "group"),
    interests: ticked(typed, "interest"),
    language: languages.find((code) => code === typed.language) ?? kept.language,
    format: ["html", "plain"].find((one) => one === typed.format) ?? kept.format,
    most: most === 0 ? null : most,
    pause: typed.pause ?? null,
  };
}
const FEWEST_TYPED = /^[0-7]$/;

const isBasis = (text: string): text is Basis => (BASES as readonly string[]).includes(text);

const listWords = (consent: ShownConsent, names: Names) => ({
  key: consent.listKey,
  name: consent.listName,
  controllers: consent.list.controllers.join(", "),
  basis: isBasis(consent.basis) ? BASIS[consent.basis] : consent.basis,
  since: names.day(consent.givenAt),
  words: consent.words,
  privacy: consent.list.privacyNoticeUrl,
});

const historyWords = ({ givenAt, source, withdrawnAt, endReason }: ShownConsent, names: Names) => ({
  from: `${names.day(givenAt)} (${source})`,
  until: withdrawnAt === null ? null : `${names.day(withdrawnAt)}: ${ENDED[endReason ?? ""] ?? "it ended"}`,
});

/** "a•••@example.org": enough for its owner, nothing for who looks over their shoulder. */
export function masked(email: string): string {
  const at = email.lastIndexOf("@");
  return `${[...email].slice(0, 1).join("")}•••${email.slice(at)}`;
}

const choices = (offered: readonly { key: string; name: string }[], chosen: readonly string[]) =>
  offered.map(({ key, name }) => ({ key, name, checked: chosen.includes(key) }));

/** Wards, and the place the person is in where that is a smaller one. */
const areaChoices = ({ areas, person }: Shown, chosen: string | null): Option[] =>
  areas
    .filter(({ kind, code }) => kind === "ward" || code === person.areaCode)
    .map(({ code, name }) => ({ value: code, text: name, selected: code === chosen }));

const fewestChoices = (now: number | null): Option[] =>
  [...new Set([...FEWEST, ...(now === null ? [] : [now])])]
    .sort((a, b) => a - b)
    .map((n) => ({ value: String(n), text: n === 1 ? "One a week" : `${n} a week`, selected: n === now }));

function pauseChoices(until: Date | null, names: Names, typed: string | null): Option[] {
  const isPaused = until !== null && until.getTime() > Date.now();
  const keep = isPaused ? [{ value: "keep", text: `Paused until ${names.day(until)}` }] : [];
  const none = { value: "0", text: isPaused ? "End the pause" : "No pause" };
  const days = (n: number) => (n < 30 ? `${n} days` : `${Math.round(n / 30)} month${n < 60 ? "" : "s"}`);
  const all = [...keep, none, ...PAUSES.map((n) => ({ value: String(n), text: `For ${days(n)} from now` }))];
  const chosen = all.find(({ value }) => value === typed) ?? all[0];
  return all.map((one) => ({ ...one, selected: one === chosen }));
}
