import type { ReactNode } from "react";

import { figureText, type Datum, type FigureColumn } from "../ChartFrame.tsx";

/** A line, a bar or an area of a chart; `key` names its figure in each datum. */
export interface Series extends FigureColumn {
  /** One of the chart colours, 1 to 8; the next free one by default. */
  colour?: number;
}

/** The colour of a series. Text and lines beside it say the same. */
export function colourOf(series: { colour?: number }, at: number): string {
  return `var(--c${series.colour ?? (at % 8) + 1})`;
}

export const TICK = { fill: "var(--muted)", fontSize: 11 } as const;
export const GRID = { stroke: "var(--line)", vertical: false } as const;
export const MARGIN = { top: 6, right: 10, bottom: 0, left: 0 } as const;

/** How a number is written on an axis. */
export function tickOf(column: FigureColumn, short?: (value: number) => string) {
  return (value: number | string): string =>
    typeof value === "number" && short ? short(value) : figureText(value, column);
}

/** The side axis of figures that are all zero: nothing but the zero. Of others, what the library makes of it. */
export function axisOf(data: readonly Datum[], series: readonly Series[]) {
  const drawn = data.some((datum) => series.some((one) => (datum[one.key] ?? 0) !== 0));
  return drawn ? {} : { ticks: [0], domain: [0, 1] };
}

interface BubbleProps {
  head: string;
  lines: readonly (readonly [string, string, string?])[];
}

/** What the pointer is on: a heading, and names with figures. */
export function Bubble({ head, lines }: BubbleProps): ReactNode {
  return (
    <div className="bubble">
      <p>{head}</p>
      <dl>
        {lines.map(([name, figure, colour]) => (
          <div key={name}>
            <dt>
              {colour && <i style={{ background: colour }} />}
              {name}
            </dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The names and colours of the series, for charts with more than one. */
export function Legend({ series }: { series: readonly { label: string; colour: string }[] }) {
  if (series.length < 2) return null;
  return (
    <ul className="legend">
      {series.map(({ label, colour }) => (
        <li key={label}>
          <i style={{ background: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** What a tooltip shows over one datum of a chart with series. */
export function bubbleOver(x: FigureColumn, series: readonly Series[]) {
  return function Over({ active, payload }: { active: boolean; payload?: readonly { payload?: unknown }[] }) {
    const datum = payload?.[0]?.payload as Datum | undefined;
    if (!active || !datum) return null;
    return (
      <Bubble
        head={figureText(datum[x.key], x)}
        lines={series.map((one, at) => [one.label, figureText(datum[one.key], one), colourOf(one, at)])}
      />
    );
  };
}
