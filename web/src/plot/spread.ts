import type { Datum, FigureColumn } from "../components/ChartFrame.tsx";
import { visible } from "../lib/text.ts";

/** As many series as there are colours. */
const MOST = 8;

interface Spread {
  data: Datum[];
  series: FigureColumn[];
}

interface Measured {
  time: number;
  skill: string;
}

/**
 * Points of several skills as one row a time, with a column for each of `skills`; others are left out.
 *
 * With `hold`, a skill keeps its value until its next point.
 */
export function spread<Point extends Measured>(
  points: readonly Point[],
  skills: readonly string[],
  value: (point: Point) => number | null,
  format: (value: number) => string,
  hold = false,
): Spread {
  const rows = new Map<number, Record<string, number | null>>();
  const held: Record<string, number | null> = {};
  for (const point of [...points].sort((one, other) => one.time - other.time)) {
    const at = skills.indexOf(point.skill);
    if (at < 0) continue;
    const row = rows.get(point.time) ?? { time: point.time, ...(hold ? held : {}) };
    row[`s${at}`] = held[`s${at}`] = value(point);
    rows.set(point.time, row);
  }
  const series = skills.map((skill, at) => ({ key: `s${at}`, label: visible(skill), format }));
  return { data: [...rows.values()].map((row) => filled(row, series)), series };
}

function filled(row: Record<string, number | null>, series: readonly FigureColumn[]): Datum {
  return Object.fromEntries(["time", ...series.map((one) => one.key)].map((key) => [key, row[key] ?? null]));
}

/** The skills that most points are of, at most as many as there are colours. */
export function commonest(points: readonly { skill: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { skill: name } of points) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ordered = [...counts].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
  return ordered.slice(0, MOST).map(([name]) => name);
}
