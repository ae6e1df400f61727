// The one way a table leaves as CSV: UTF-8 with its mark, as spreadsheets expect it, and nothing in it that a spreadsheet would run (H77, H78, SEC3).
import { stringify } from "csv-stringify/sync";
import { safeCell } from "../domain/csv-cell.ts";

/** Line ends of any kind, and the apostrophe before what would be run, go between quotation marks. */
const QUOTED = /^'|[\r\n\t]/;
const BYTE_ORDER_MARK = "\ufeff";

export const csvHead = (columns: readonly string[]): string => BYTE_ORDER_MARK + csvLines([columns]);

export const csvLines = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => row.map(safeCell)),
    { record_delimiter: "\r\n", quoted_match: QUOTED },
  );
