// The date of Easter Sunday in the western (Gregorian) calendar. Pure arithmetic.

/**
 * "YYYY-MM-DD" of Easter Sunday, for any year from 1583.
 * The "anonymous" algorithm (New York correspondent, Nature, 20 April 1876; Meeus, Astronomical Algorithms, ch. 8):
 * good for every year without exceptions, which is why it is preferred to Gauss's.
 */
export function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const moonDrift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - moonDrift + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const fromMarch = epact + toSunday - 7 * correction + 114;
  const [month, day] = [Math.floor(fromMarch / 31), (fromMarch % 31) + 1];
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
