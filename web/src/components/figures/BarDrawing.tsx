import { memo } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Rectangle,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type BarShapeProps,
} from "recharts";

import type { Datum, FigureColumn } from "../ChartFrame.tsx";
import { axisOf, bubbleOver, colourOf, GRID, Legend, MARGIN, TICK, tickOf, type Series } from "./parts.tsx";

export interface BarProps {
  data: readonly Datum[];
  /** What runs along the foot, or down the side where `sideways`: names. */
  x: FigureColumn;
  series: readonly Series[];
  /** Bars from the left, for long names. */
  sideways?: boolean;
  /** The figures of the axis, in few characters. */
  short?: (value: number) => string;
  /** The names at the foot, in few characters. */
  shortX?: (value: number) => string;
}

function shapeOf(x: FigureColumn, series: Series) {
  return function Shape({ x: left, y: top, width, height, payload, fill }: BarShapeProps) {
    const datum = payload as Datum;
    return (
      <g data-series={series.key} data-x={datum[x.key] ?? undefined} data-y={datum[series.key] ?? undefined}>
        <Rectangle x={left} y={top} width={width} height={height} fill={fill} />
      </g>
    );
  };
}

/** See BarFigure. Each bar carries `data-series`, `data-x` and `data-y`. */
export default memo(function BarDrawing(props: BarProps) {
  const { data, x, series, sideways = false, short, shortX } = props;
  const names = {
    dataKey: x.key,
    type: "category",
    tick: TICK,
    tickLine: false,
    stroke: "var(--line)",
  } as const;
  const figures = {
    type: "number",
    tick: TICK,
    tickLine: false,
    axisLine: false,
    tickFormatter: tickOf(series[0] ?? x, short),
    ...axisOf(data, series),
  } as const;
  return (
    <div className="drawing">
      <div className="drawing-chart">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={[...data]}
            margin={MARGIN}
            layout={sideways ? "vertical" : "horizontal"}
            accessibilityLayer={false}
          >
            <CartesianGrid {...GRID} vertical={sideways} horizontal={!sideways} />
            {sideways ? (
              <XAxis {...figures} />
            ) : (
              <XAxis {...names} minTickGap={24} tickFormatter={tickOf(x, shortX)} />
            )}
            {sideways ? (
              <YAxis {...names} width={96} tickFormatter={tickOf(x)} />
            ) : (
              <YAxis {...figures} width={44} />
            )}
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--hover)" }}
              content={bubbleOver(x, series)}
            />
            {series.map((one, at) => (
              <Bar
                key={one.key}
                dataKey={one.key}
                fill={colourOf(one, at)}
                isAnimationActive={false}
                maxBarSize={36}
                shape={shapeOf(x, one)}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <Legend series={series.map((one, at) => ({ label: one.label, colour: colourOf(one, at) }))} />
    </div>
  );
});
