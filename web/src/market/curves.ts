import type { BidPoint } from "../api/types.ts";

/** The mean of `y` over the points whose `x` lies in one of `count` equal parts of the domain. */
export interface Mean {
  /** The middle of the part. */
  x: number;
  y: number;
  points: number;
}

/** The trend of points: a mean for each part of the domain that has any. */
export function means(
  points: readonly BidPoint[],
  x: (point: BidPoint) => number,
  y: (point: BidPoint) => number,
  [from, to]: readonly [number, number],
  count: number,
): Mean[] {
  const sums = Array.from({ length: count }, () => ({ sum: 0, points: 0 }));
  for (const point of points) {
    const part = Math.min(count - 1, Math.floor(((x(point) - from) / (to - from)) * count));
    const sum = sums[part];
    if (sum === undefined) continue;
    sum.sum += y(point);
    sum.points += 1;
  }
  return sums.flatMap(({ sum, points: held }, part) =>
    held === 0 ? [] : [{ x: from + ((part + 0.5) / count) * (to - from), y: sum / held, points: held }],
  );
}
