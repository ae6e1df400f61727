// bellman subscribers access | erase: one person's data. With "-" the address comes from standard input, so that no shell remembers it.
import { createInterface } from "node:readline";
import { accessPerson as access, erasePerson as erase, keptAfterErasure } from "../audience/person-data.ts";
import type { OpenHouse } from "../house.ts";
import { say, sayJson } from "./print.ts";

export interface PersonOptions {
  readonly by: string;
  readonly json?: true;
}

async function addressFrom(given: string): Promise<string> {
  if (given !== "-") return given;
  for await (const line of createInterface({ input: process.stdin })) return line.trim();
  return "";
}

/** One JSON object, indented: it goes to the person. */
export async function accessPerson({ deps }: OpenHouse, given: string, { by }: PersonOptions): Promise<void> {
  const held = await access(deps, { address: await addressFrom(given), by });
  say(JSON.stringify(held ?? { held: "nothing" }, null, 2));
}

export async function erasePerson(
  { deps }: OpenHouse,
  given: string,
  { by, json }: PersonOptions,
): Promise<void> {
  const erased = await erase(deps, { address: await addressFrom(given), by });
  if (json) return sayJson(erased ? { erased, kept: keptAfterErasure(erased) } : { erased: null });
  if (!erased) return say("Nothing was held of them that could be erased.");
  say(
    `Erased: ${erased.profile ? "their profile" : "no profile was there"}, ${erased.signUps} sign-up(s). What is kept, and why:`,
  );
  for (const sentence of keptAfterErasure(erased)) say(`  - ${sentence}`);
}
