// The message library: ready messages, their pictures, the signposts and the fixed words, read from templates/ once.
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type LibraryMessage, libraryMessage } from "../domain/campaign-file.ts";
import { type Signpost, signpost } from "../domain/content.ts";
import { type DiscreetWords, discreetWords } from "../domain/discreet-words.ts";
import { DomainError } from "../domain/errors.ts";
import { readYaml } from "../lib/yaml-file.ts";
import { type Labels, loadLabels } from "../render/labels.ts";
import { type LetterWords, loadLetterWords } from "../render/letter.ts";
import { type Picture, readPicture } from "./picture.ts";

export interface Library {
  messages(): readonly LibraryMessage[];
  message(key: string): LibraryMessage | undefined;
  /** A picture of a ready message. */
  picture(messageKey: string, file: string): Promise<Picture>;
  signposts(): Readonly<Record<string, Signpost>>;
  labels(language: string): Labels;
  letterWords(language: string): LetterWords;
  /** Those the fixed words are there for; what people can choose to be written in. */
  languages(): readonly string[];
  /** What gives a sensitive subject away, by language. */
  discreetWords(): DiscreetWords;
}

/** Reads the whole library of `templates`; a fault in any file is a DomainError that lists them all. */
export function openLibrary(templates: string): Library {
  const home = join(templates, "library");
  const folders = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const messages = new Map(
    folders.map(({ name }) => {
      const message = read(join(home, name, "message.yaml"), libraryMessage);
      if (message.key !== name)
        throw new DomainError(
          "library",
          `templates/library/${name}/message.yaml has the key "${message.key}"; it must be "${name}".`,
        );
      return [name, message];
    }),
  );
  const signposts = Object.fromEntries(
    read(join(home, "signposts.yaml"), z.array(signpost)).map((entry) => [entry.key, entry]),
  );
  const words = read(join(home, "discreet-words.yaml"), discreetWords);
  const labels = loadLabels(readFileSync(join(templates, "email", "labels.yaml"), "utf8"));
  const letters = readFileSync(join(templates, "email", "letters.yaml"), "utf8");
  return {
    messages: () => [...messages.values()],
    message: (key) => messages.get(key),
    picture: async (messageKey, file) =>
      readPicture(await readFile(join(home, messageKey, file)), `${messageKey}/${file}`),
    signposts: () => signposts,
    labels,
    letterWords: loadLetterWords(letters),
    languages: () => Object.keys(parse(letters) as object),
    discreetWords: () => words,
  };
}

function read<T>(path: string, schema: z.ZodType<T>): T {
  const found = readYaml(readFileSync(path, "utf8"), schema);
  if (!found.ok)
    throw new DomainError("library", `${path} has ${found.faults.length} fault(s).`, found.faults);
  return found.value;
}
