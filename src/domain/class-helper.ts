// Six questions that find the class of a message, with the reason (LAW1: ICO guidance on public authorities and direct marketing). Pure.
import { z } from "zod";
import type { MessageClass } from "./basis.ts";

export interface Question {
  readonly key: keyof Answers;
  readonly text: string;
  readonly hint: string;
}
const yes = z.enum(["yes", "no"]);
const answers = {
  life_at_risk: yes,
  staff_only: yes,
  asks_views: yes,
  promotes: yes,
  public_task: yes,
  feels_like_marketing: yes,
};
/** As it stands in a campaign file, and on the campaign's record. */
export const classHelper = z.strictObject({ ...answers, answered_by: z.email() });
export type ClassHelper = z.infer<typeof classHelper>;
export type Answers = Omit<ClassHelper, "answered_by">;
export const answersOf = z.object(answers);

export const QUESTIONS: readonly Question[] = [
  {
    key: "life_at_risk",
    text: "Is somebody’s life, health or home in danger now, and does this say what to do?",
    hint: "A flood, a fire, a missing child. Not advice that would be just as right next week.",
  },
  {
    key: "staff_only",
    text: "Is it only for staff, members or volunteers of the partnership?",
    hint: "Nobody of the public gets it.",
  },
  {
    key: "asks_views",
    text: "Does it ask people what they think, so that something can be decided?",
    hint: "A survey, a consultation, a meeting to be heard at.",
  },
  {
    key: "promotes",
    text: "Does it advertise, sell or raise money, for us or for somebody else?",
    hint: "A paid course, a collection, a product, the offer of a company. Also when it is only a part of the message.",
  },
  {
    key: "public_task",
    text: "Does one of our public bodies need to send it to do what the law asks of it?",
    hint: "Preventing crime, public safety, public health. A voluntary group has no public task of its own.",
  },
  {
    key: "feels_like_marketing",
    text: "Would a reasonable reader say that it promotes an organisation or its aims?",
    hint: "Praise of ourselves, a call to join or to support. When in doubt, yes.",
  },
];

export interface Found {
  readonly class: MessageClass;
  /** A sentence; names what was decisive. */
  readonly why: string;
}

/** The first that decides. What advertises is marketing whatever else it is; what serves no public task is treated as such. */
export function findClass(given: Answers): Found {
  const decided = RULES.find(([applies]) => applies(given));
  const [, messageClass, why] = decided ?? LAST;
  return { class: messageClass, why };
}

type Rule = readonly [applies: (given: Answers) => boolean, messageClass: MessageClass, why: string];
const LAST: Rule = [
  () => true,
  "direct-marketing",
  "No public body needs to send it to do its task, so it is treated as marketing: only people who agreed to that get it.",
];
const RULES: readonly Rule[] = [
  [
    ({ promotes }) => promotes === "yes",
    "direct-marketing",
    "It advertises, sells or raises money, and a part of a message is enough for that: only people who agreed to marketing get it.",
  ],
  [
    ({ life_at_risk: risk }) => risk === "yes",
    "emergency",
    "There is danger now. It goes at any hour, overtakes everything else, and this class may be used for nothing else.",
  ],
  [({ staff_only: staff }) => staff === "yes", "internal", "Only the partnership’s own people get it."],
  [
    ({ feels_like_marketing: feels }) => feels === "yes",
    "direct-marketing",
    "A reasonable reader would see it as promotion, so it is treated as marketing: only people who agreed to that get it.",
  ],
  [({ asks_views: asks }) => asks === "yes", "consultation", "It asks for views and promotes nothing."],
  [
    ({ public_task: task }) => task === "yes",
    "public-task-information",
    "A public body needs it to do its task, and nothing in it promotes: it is not marketing, and people can still say stop.",
  ],
];

/** Where the answers lead elsewhere than to the class that was written; null where they agree. */
export function classHelperFault(helper: ClassHelper, messageClass: string): string | null {
  const found = findClass(helper);
  return found.class === messageClass
    ? null
    : `these answers lead to the class "${found.class}", but "class" says "${messageClass}". ${found.why}`;
}

/** The block a campaign file takes. */
export const helperBlock = (given: Answers, answeredBy: string): string =>
  [
    `class: ${findClass(given).class}`,
    "class_helper:",
    ...QUESTIONS.map(({ key }) => `  ${key}: ${given[key]}`),
    `  answered_by: ${answeredBy}`,
  ].join("\n");
