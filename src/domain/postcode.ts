// United Kingdom postcodes as people write them, and the one form we compare and keep in the table postcode. Pure.

/** Outward and inward part; the letters a real one uses are not checked: what lies where, the table says. */
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/;

/** "aw1 1aa" → "AW11AA": capitals, no spaces. Null for anything that is no postcode. */
export function postcodeKey(text: string): string | null {
  const key = text.toUpperCase().replace(/[\s\u00a0.-]+/gu, "");
  return POSTCODE.test(key) ? key : null;
}
