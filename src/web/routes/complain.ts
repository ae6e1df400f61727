// /complain: anybody complains about what we do with their details, electronically and without a login (DPA 2018 s.164A, LAW12).
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { COMPLAINT_DAYS, PUBLIC_RATES } from "../../../config/audience-limits.ts";
import { complain, COMPLAINT_SUBJECTS, type ComplaintSubject } from "../../audience/complaints.ts";
import { besideFields, type Fault } from "../answers.ts";
import type { Fields } from "../plugins/forms.ts";
import { LONG_TEXT, perPlace } from "../plugins/limits.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "settings">;

const subjects = Object.keys(COMPLAINT_SUBJECTS) as ComplaintSubject[];
const form = z.object({
  about: z.enum(subjects, "Choose what it is about"),
  words: z
    .string("Say what happened")
    .trim()
    .min(1, "Say what happened")
    .max(4_000, "Say what happened in at most 4,000 characters"),
  email: z.string("Enter your email address").max(320),
});

export function complainRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/complain", (_request, reply) => ask(deps, reply));

  app.post<{ Body: Fields | undefined }>(
    "/complain",
    { ...perPlace(PUBLIC_RATES.formPerAddress), ...LONG_TEXT },
    async ({ body }, reply) => {
      const fields = body ?? {};
      // A field nobody sees: whoever fills it in is no person, or their browser did it for them and what they typed is not lost.
      if (fields.website) return ask(deps, reply, [], fields);
      const read = form.safeParse(fields);
      if (!read.success) {
        const faults = read.error.issues.map(({ path, message }) => ({
          text: message,
          href: `#${path.join("-")}`,
        }));
        return ask(deps, reply.code(422), faults, fields);
      }
      const made = await complain(deps, read.data);
      if (!made.ok) return ask(deps, reply.code(422), [{ text: made.why, href: "#email" }], fields);
      return show(deps, reply, "complain/done.njk", {
        ...{ section: "complain", reference: made.reference, days: COMPLAINT_DAYS },
      });
    },
  );
}

const ask = (deps: Needs, reply: FastifyReply, faults: readonly Fault[] = [], typed: Fields = {}) =>
  show(deps, reply, "complain/form.njk", {
    ...{ section: "complain", faults, typed, errors: besideFields(faults), days: COMPLAINT_DAYS },
    subjects: subjects.map((key) => ({ value: key, text: COMPLAINT_SUBJECTS[key] })),
  });
