import { memo } from "react";
import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

import { figureText, type Datum, type FigureColumn } from "../ChartFrame.tsx";
import { Bubble, colourOf, GRID, Legend, MARGIN, TICK, tickOf } from "./parts.tsx";

export interface ScatterGroup {
  label: string;
  points: readonly Datum[];
  /** One of the chart colours, 1 to 8. */
  colour?: number;
  /** Another form, so that colour is not all that tells groups apart. */
  form?: "circle" | "square" | "triangle" | "diamond" | "cross" | "star";
}

export interface ScatterProps {
  groups: readonly ScatterGroup[];
  /** What the groups are, as a heading. */
  groupLabel: string;
  x: FigureColumn;
  y: FigureColumn;
  /** Figures beside x and y that the bubble and the table show. */
  more?: readonly FigureColumn[];
  shortX?: (value: number) => string;
  shortY?: (value: number) => string;
  /** A line at a height, and its name. */
  level?: { at: number; label: string };
  domainX?: [number | "auto" | "dataMin", number | "auto" | "dataMax"];
  domainY?: [number | "auto" | "dataMin", number | "auto" | "dataMax"];
}

/** See ScatterFigure. Each point carries `data-group`, `data-x` and `data-y`. */
export default memo(function ScatterDrawing(props: ScatterProps) {
  const { groups, x, y, more = [], level, domainX = ["auto", "auto"], domainY = [0, "auto"] } = props;
  const axis = { type: "number", tick: TICK, tickLine: false, stroke: "var(--line)" } as const;
  return (
    <div className="drawing">
      <div className="drawing-chart">
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart margin={MARGIN} accessibilityLayer={false}>
            <CartesianGrid {...GRID} vertical />
            <XAxis {...axis} dataKey={x.key} domain={domainX} tickFormatter={tickOf(x, props.shortX)} />
            <YAxis
              {...axis}
              width={44}
              dataKey={y.key}
              domain={domainY}
              tickFormatter={tickOf(y, props.shortY)}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--muted)", strokeDasharray: "2 3" }}
              content={({ active, payload }) => {
                const datum = payload?.[0]?.payload as (Datum & { group: string }) | undefined;
                if (!active || !datum) return null;
                const lines = [x, y, ...more].map(
                  (one) => [one.label, figureText(datum[one.key], one)] as const,
                );
                return <Bubble head={datum.group} lines={lines} />;
              }}
            />
            {level && (
              <ReferenceLine
                y={level.at}
                stroke="var(--muted)"
                strokeDasharray="4 3"
                label={{ value: level.label, fill: "var(--muted)", fontSize: 11, position: "insideTopRight" }}
              />
            )}
            {groups.map((group, at) => (
              <Scatter
                key={group.label}
                name={group.label}
                data={group.points.map((point) => ({ group: group.label, ...point }))}
                fill={colourOf(group, at)}
                isAnimationActive={false}
                shape={(point: { cx?: number; cy?: number; payload?: Datum }) => (
                  <g
                    className="point"
                    data-group={group.label}
                    data-x={point.payload?.[x.key] ?? undefined}
                    data-y={point.payload?.[y.key] ?? undefined}
                  >
                    <Form
                      form={group.form ?? "circle"}
                      cx={point.cx ?? 0}
                      cy={point.cy ?? 0}
                      fill={colourOf(group, at)}
                    />
                  </g>
                )}
              />
            ))}
          </ScatterChart>
        </ResponsiveContainer>
      </div>
      <Legend series={groups.map((one, at) => ({ label: one.label, colour: colourOf(one, at) }))} />
    </div>
  );
});

interface FormProps {
  form: NonNullable<ScatterGroup["form"]>;
  cx: number;
  cy: number;
  fill: string;
}

// Around the origin, about 8 pixels across.
const PATHS: Record<Exclude<FormProps["form"], "circle">, string> = {
  square: "M-3.5-3.5h7v7h-7z",
  triangle: "M0-4.5 4.3 3.2H-4.3z",
  diamond: "M0-5 5 0 0 5-5 0z",
  cross: "M-1.4-4.5h2.8v3.1h3.1v2.8H1.4v3.1h-2.8V1.4h-3.1v-2.8h3.1z",
  star: "M0-6 1.6-1.8 6-1.8 2.4 1 3.8 5.4 0 2.7-3.8 5.4-2.4 1-6-1.8-1.6-1.8z",
};

function Form({ form, cx, cy, fill }: FormProps) {
  if (form === "circle") return <circle cx={cx} cy={cy} r={3.5} fill={fill} fillOpacity={0.75} />;
  return <path d={PATHS[form]} transform={`translate(${cx} ${cy})`} fill={fill} fillOpacity={0.85} />;
}
