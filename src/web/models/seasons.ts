// The seasons of config/seasons.yaml, read when the web starts. A fault there must not take the pages down: it is told instead.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../config/env.ts";
import { seasonFaults, type SeasonsFile, seasonsFile } from "../../domain/season.ts";
import { readYaml } from "../../lib/yaml-file.ts";

export function readSeasons(): { readonly seasons: SeasonsFile | null; readonly faults: readonly string[] } {
  const file = join(PROJECT, "config", "seasons.yaml");
  try {
    const read = readYaml(readFileSync(file, "utf8"), seasonsFile, seasonFaults);
    return read.ok ? { seasons: read.value, faults: [] } : { seasons: null, faults: read.faults };
  } catch {
    return { seasons: null, faults: ["config/seasons.yaml cannot be read."] };
  }
}
