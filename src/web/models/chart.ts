// Columns of a small chart: where each begins and ends in a drawing of its own size. The table under it says the numbers.

export interface ChartColumn {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which of the series, from 0; the style sheet gives each its colour. */
  readonly series: number;
}
export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly ChartColumn[];
  /** The highest value drawn; 0 where there is nothing to draw. */
  readonly most: number;
}

const WIDTH = 600;
const HEIGHT = 120;
/** Of a group's width, what lies between it and the next. */
const GAP = 0.3;
/** A value above nought can always be seen. */
const LEAST = 2;

/** One group of columns for each row, side by side; null is drawn as nothing: it is not to be known. */
export function chartOf(rows: readonly (readonly (number | null)[])[]): Chart {
  const most = Math.max(0, ...rows.flat().map((value) => value ?? 0));
  const group = WIDTH / Math.max(1, rows.length);
  const columns = rows.flatMap((values, i) => {
    const width = (group * (1 - GAP)) / Math.max(1, values.length);
    return values.flatMap((value, series): ChartColumn[] => {
      if (value === null || value <= 0) return [];
      const height = Math.max(LEAST, round((value / most) * HEIGHT));
      const x = round(i * group + (group * GAP) / 2 + series * width);
      return [{ x, y: round(HEIGHT - height), width: round(width), height, series }];
    });
  });
  return { width: WIDTH, height: HEIGHT, columns, most };
}

const round = (value: number): number => Math.round(value * 10) / 10;
