/** The means of `x` and `y` over the points that lie in one of the equal parts of a domain. */
export interface Mean {
  x: number;
  y: number;
  points: number;
}

/** The trend of points: a mean for each part of the domain that has any. */
export function means<Point>(
  points: readonly Point[],
  x: (point: Point) => number,
  y: (point: Point) => number,
  [from, to]: readonly [number, number],
  count: number,
): Mean[] {
  const sums = Array.from({ length: count }, () => ({ x: 0, y: 0, points: 0 }));
  for (const point of points) {
    const part = Math.min(count - 1, Math.floor(((x(point) - from) / (to - from)) * count));
    const sum = sums[part];
    if (sum === undefined) continue;
    sum.x += x(point);
    sum.y += y(point);
    sum.points += 1;
  }
  return sums.flatMap((sum) =>
    sum.points === 0 ? [] : [{ x: sum.x / sum.points, y: sum.y / sum.points, points: sum.points }],
  );
}
