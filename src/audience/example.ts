// Generated people for the example borough: the same ones every time, at example domains, nobody real.
import type { NewSubscriber } from "../store/audience.ts";
import { openChance, pick } from "../lib/chance.ts";
import { type AddDeps, addSubscribers } from "./add.ts";
import { emailHash } from "./stop-token.ts";

export interface ExampleDeps extends AddDeps {
  readonly secret: string;
}

const FIRST =
  "Aisha Alan Amira Anna Ben Bronwen Carlos Chloe Daniel Deepa Elsie Ewa Farid Fiona George Grace Hamza Hannah Iris Jakub Jan Jean Joyce Kasia Kofi Leila Liam Magda Maria Marek Mei Mohammed Nadia Noah Olga Omar Pat Peter Piotr Rosa Sam Siân Sofia Tariq Tomasz Una Victor Wei Yusuf Zofia".split(
    " ",
  );
const LAST =
  "Abara Aldous Bright Carver Dale Edgely Fenn Garland Hale Ibbot Jessop Kemp Larkin Mossley Nield Oakes Pell Quill Rudge Selby Thorne Upton Vale Wray Yarrow".split(
    " ",
  );
const DOMAINS = ["example.org", "example.com", "example.net"];
const INTERESTS = ["family", "night-time-economy", "neighbourhood-watch", "scams"];
const CHUNK = 5_000;

/** `count` people spread over `areas`; many belong to several segments, some read Polish, some gave no name. */
export function* examplePeople(
  count: number,
  areas: readonly string[],
  secret: string,
): Generator<NewSubscriber> {
  const chance = openChance(1847);
  for (let i = 1; i <= count; i += 1) {
    const first = pick(chance, FIRST);
    const ascii = first.normalize("NFD").replace(/[^A-Za-z]/g, "");
    const email = `${ascii}.${pick(chance, LAST)}${i}@${pick(chance, DOMAINS)}`.toLowerCase();
    const interests = INTERESTS.filter(() => chance() < 0.25);
    const firstName = chance() < 0.92 ? first : null;
    const language = chance() < 0.07 ? "pl" : "en";
    yield {
      email,
      emailHash: emailHash(secret, email),
      firstName,
      language,
      areaCode: pick(chance, areas),
      groups: groupsOf(chance()),
      interests,
    };
  }
}

const groupsOf = (draw: number): string[] => {
  if (draw < 0.2) return ["adult-residents", "over-65"];
  if (draw < 0.35) return ["young-adults"];
  if (draw < 0.45) return ["businesses"];
  return draw < 0.5 ? ["visitors"] : ["adult-residents"];
};

/** Adds the first `count` example people who are not there yet, with their consent. `onProgress` hears how many were looked at. */
export async function loadExamplePeople(
  { store, settings, secret }: ExampleDeps,
  {
    count,
    areas,
    listKey,
    onProgress,
  }: { count: number; areas: readonly string[]; listKey: string; onProgress?: (done: number) => void },
): Promise<number> {
  const consent = {
    listKey,
    basis: "consent",
    wording: "Send me community safety news by email. I can stop at any time.",
    source: "generated example",
    givenAt: "2026-01-05T09:00:00Z",
  };
  let added = 0;
  let done = 0;
  let chunk: NewSubscriber[] = [];
  const flush = async () => {
    added += (await addSubscribers({ store, settings }, chunk, consent)).added;
    done += chunk.length;
    chunk = [];
    onProgress?.(done);
  };
  for (const person of examplePeople(count, areas, secret)) {
    chunk.push(person);
    if (chunk.length >= CHUNK) await flush();
  }
  await flush();
  return added;
}
