// Cells of a table that leaves us: what a spreadsheet would run as a formula is made plain text, and read back as it was (H11, H77, H78). Pure.

/** What Excel, Calc and Sheets begin a formula or a DDE call with, also in the full-width forms of East Asian keyboards. */
const STARTS = /^[=+\-@\t\r\n＝＋－＠]/u;
/** One of ours, or of somebody who did the same; the marks may be doubled by an export of an export. */
const MARKED = /^'+[=+\-@\t\r\n＝＋－＠]/u;

/** A cell as it is written: an apostrophe before what would be run (OWASP, ASVS 1.2.10). */
export const safeCell = (text: string): string =>
  STARTS.test(text) || MARKED.test(text) ? `'${text}` : text;

/** A cell as it was typed: takes one apostrophe of safeCell() away again. */
export const typedCell = (text: string): string => (MARKED.test(text) ? text.slice(1) : text);
