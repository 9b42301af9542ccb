import { memo } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

import type { Datum, FigureColumn } from "../ChartFrame.tsx";
import { axisOf, bubbleOver, colourOf, GRID, Legend, MARGIN, TICK, tickOf, type Series } from "./parts.tsx";

export interface LineProps {
  data: readonly Datum[];
  /** What runs along the foot; a number, such as a time. */
  x: FigureColumn;
  series: readonly Series[];
  /** "line" by default; "step" holds a value until the next. */
  shape?: "line" | "area" | "step";
  /** The figures at the side, in few characters. */
  short?: (value: number) => string;
  /** The figures at the foot, in few characters. */
  shortX?: (value: number) => string;
  /** Where the side axis begins and ends; from zero to the largest by default. */
  domain?: [number | "auto" | "dataMin", number | "auto" | "dataMax"];
}

interface DotProps {
  cx?: number;
  cy?: number;
  payload?: Datum;
}

function dotOf(x: FigureColumn, series: Series, colour: string, shown: boolean) {
  return function Dot({ cx, cy, payload }: DotProps) {
    const value = payload?.[series.key];
    if (cx === undefined || cy === undefined || payload === undefined || value === null) return <g />;
    return (
      <circle
        className="point"
        cx={cx}
        cy={cy}
        r={shown ? 2.5 : 0}
        fill={colour}
        data-series={series.key}
        data-x={payload[x.key] ?? undefined}
        data-y={value}
      />
    );
  };
}

/** See LineFigure. Each point carries `data-series`, `data-x` and `data-y`. */
export default memo(function LineDrawing(props: LineProps) {
  const { data, x, series, shape = "line", short, shortX, domain = [0, "auto"] } = props;
  return (
    <div className="drawing">
      <div className="drawing-chart">
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={[...data]} margin={MARGIN} accessibilityLayer={false}>
            <CartesianGrid {...GRID} />
            <XAxis
              dataKey={x.key}
              type="number"
              domain={["dataMin", "dataMax"]}
              tick={TICK}
              tickLine={false}
              stroke="var(--line)"
              tickFormatter={tickOf(x, shortX)}
              minTickGap={32}
            />
            <YAxis
              width={44}
              domain={domain}
              tick={TICK}
              tickLine={false}
              axisLine={false}
              tickFormatter={tickOf(series[0] ?? x, short)}
              {...axisOf(data, series)}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--muted)", strokeDasharray: "2 3" }}
              content={bubbleOver(x, series)}
            />
            {series.map((one, at) => {
              const colour = colourOf(one, at);
              const drawn = {
                dataKey: one.key,
                stroke: colour,
                strokeWidth: 1.5,
                type: shape === "step" ? "stepAfter" : "linear",
                dot: dotOf(x, one, colour, data.length < 40),
                isAnimationActive: false,
              } as const;
              if (shape !== "area") return <Line key={one.key} {...drawn} connectNulls />;
              return <Area key={one.key} {...drawn} fill={colour} fillOpacity={0.15} />;
            })}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <Legend series={series.map((one, at) => ({ label: one.label, colour: colourOf(one, at) }))} />
    </div>
  );
});
