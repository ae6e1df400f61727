// bellman areas import-postcodes: which postcode lies in which ward, so that people can say where they live by their postcode.
import type { Command } from "commander";
import { importPostcodes } from "../audience/import/postcodes.ts";
import { visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { say, sayJson } from "./print.ts";

export function areaCommands(program: Command): void {
  const areas = program.command("areas").description("the places of the partnership");
  areas
    .command("import-postcodes")
    .description("bring the table of postcodes up to date; only the area is ever kept of a person")
    .argument("<file>", "a CSV file with the columns postcode and area_code")
    .option("--replace", "postcodes that are not in the file go")
    .option("--by <email>", "who does it; it goes into the log", "the command line")
    .option("--json", "print one JSON object")
    .action((path: string, { replace, by, json }: { replace?: true; by: string; json?: true }) =>
      command((settings) =>
        inHouse(visitHouse(settings), async ({ deps }) => {
          const postcodes = await importPostcodes(deps, { path, by, replace: replace === true });
          if (json) sayJson({ postcodes });
          else say(`${postcodes} postcodes are in the table.`);
        }),
      ),
    );
}
