// A generated list of people as a file, for the import benchmark: as a council's newsletter tool exports it, with a few rows at fault.
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const NAMES = ["Aisha", "Tom", "Siân", "Priya", "Wojtek", "Grace", "Zoë", "Jean-Luc", "O'Brien", "Mary Ann"];
const GROUPS = ["adult-residents", "businesses", "young-adults", "adult-residents|over-65", "visitors"];
const INTERESTS = ["", "family", "scams", "family|neighbourhood-watch", "abuse-support"];
const HEAD =
  "Email Address,First Name,Language,Area,Groups,Interests,Consent Basis,Consent Wording,Consent Source,Consent Date,Notes";

/** One row in 1,000 has no proper address, one in 500 is the same person again in capitals, one in 100 has no consent. */
export async function writePeopleFile(path: string, rows: number, areas: readonly string[]): Promise<void> {
  const file = createWriteStream(path);
  let text = `${HEAD}\r\n`;
  for (let n = 1; n <= rows; n += 1) {
    text += `${addressOf(n)},${NAMES[n % NAMES.length]},${n % 50 === 0 ? "pl" : "en"},${areas[n % areas.length]},${GROUPS[n % GROUPS.length]},`;
    text += `${INTERESTS[n % INTERESTS.length]},${n % 100 === 0 ? "" : "consent"},2026-1,sign-up form,2026-0${1 + (n % 9)}-1${n % 10},`;
    text += `${n % 20 === 0 ? '"said ""yes"", at the fair"' : ""}\r\n`;
    if (text.length > 1_000_000) {
      if (!file.write(text)) await once(file, "drain");
      text = "";
    }
  }
  file.end(text);
  await once(file, "finish");
}

function addressOf(n: number): string {
  if (n % 1_000 === 0) return `person-${n}.example.org`;
  return n % 500 === 1 && n > 1 ? `PERSON-${n - 1}@Example.org` : `person-${n}@example.org`;
}
