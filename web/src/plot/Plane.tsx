import { useState, type PointerEvent, type ReactNode } from "react";

import { ChartFrame, type Datum, type FigureColumn } from "../components/ChartFrame.tsx";
import { linear, niceTicks, type Scale } from "./scale.ts";
import "./plot.css";
import { useWidth } from "./useWidth.ts";

export interface Axis {
  domain: readonly [number, number];
  /** What the axis measures, with its unit. */
  label: string;
  format: (value: number) => string;
  /** Where the lines are; else at round values. */
  ticks?: readonly number[];
}

/** Where things lie in a plane, in pixels. */
export interface Ground {
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A place in the plane that has something to say when it is pointed at. */
export interface Spot {
  x: number;
  y: number;
  text: string;
}

interface PlaneProps {
  title: string;
  /** What the picture shows, in a sentence: units, and what one point is. */
  caption: string;
  x: Axis;
  y: Axis;
  /** What can be pointed at; the nearest one says its text under the picture. */
  spots: readonly Spot[];
  /** The same figures, for the table that stands for the picture. */
  columns: readonly FigureColumn[];
  rows: readonly Datum[];
  /** Pixels that are kept free at the right, for names of lines. */
  beside?: number;
  /** Pixels. */
  height?: number;
  /** Draws on the axes. */
  children: (ground: Ground) => ReactNode;
}

/** The line on which both axes, from 0 to `end`, say the same. */
export function Diagonal({ ground, end }: { ground: Ground; end: number }) {
  return (
    <line
      className="plane-diagonal"
      x1={ground.x(0)}
      y1={ground.y(0)}
      x2={ground.x(end)}
      y2={ground.y(end)}
    />
  );
}

const READOUT = 28;

/** Two measured axes and what is drawn on them, where a chart of series does not do. */
export function PlaneFigure({ title, caption, columns, rows, height = 340, ...plane }: PlaneProps) {
  return (
    <ChartFrame title={title} caption={caption} columns={columns} rows={rows} height={height}>
      <Plane {...plane} height={height - READOUT} />
    </ChartFrame>
  );
}

const LEFT = 48;
const RIGHT = 14;
const TOP = 26;
const BOTTOM = 42;
const REACH = 40;

type DrawingProps = Pick<PlaneProps, "x" | "y" | "spots" | "beside" | "children"> & { height: number };

function Plane({ x, y, spots, height, beside = 0, children }: DrawingProps) {
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const [near, setNear] = useState<Spot | null>(null);
  const right = Math.max(width - RIGHT - beside, LEFT + 40);
  const bottom = height - BOTTOM;
  const ground: Ground = {
    x: linear(x.domain, [LEFT, right]),
    y: linear(y.domain, [bottom, TOP]),
    left: LEFT,
    right,
    top: TOP,
    bottom,
  };
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const frame = event.currentTarget.getBoundingClientRect();
    setNear(nearest(spots, ground, event.clientX - frame.left, event.clientY - frame.top));
  };
  return (
    <div ref={ref} className="plane">
      <svg
        width={width}
        height={height}
        aria-hidden="true"
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setNear(null)}
      >
        <Upward axis={y} ground={ground} />
        <Across axis={x} ground={ground} />
        {children(ground)}
        {near && <circle className="plane-near" cx={ground.x(near.x)} cy={ground.y(near.y)} r={10} />}
      </svg>
      <p className="plane-readout">{near?.text ?? "Point at the picture to read a point of it."}</p>
    </div>
  );
}

function nearest(spots: readonly Spot[], ground: Ground, x: number, y: number): Spot | null {
  let found: Spot | null = null;
  let least = REACH;
  for (const spot of spots) {
    const distance = Math.hypot(ground.x(spot.x) - x, ground.y(spot.y) - y);
    if (distance < least) [found, least] = [spot, distance];
  }
  return found;
}

interface AxisProps {
  axis: Axis;
  ground: Ground;
}

function Across({ axis, ground }: AxisProps) {
  const ticks = axis.ticks ?? niceTicks(axis.domain, (ground.right - ground.left) / 90);
  return (
    <g>
      <line className="plane-axis" x1={ground.left} x2={ground.right} y1={ground.bottom} y2={ground.bottom} />
      {ticks.map((tick) => (
        <text key={tick} className="plane-tick" x={ground.x(tick)} y={ground.bottom + 16} textAnchor="middle">
          {axis.format(tick)}
        </text>
      ))}
      <text className="plane-label" x={ground.right} y={ground.bottom + 35} textAnchor="end">
        {axis.label} →
      </text>
    </g>
  );
}

function Upward({ axis, ground }: AxisProps) {
  const ticks = axis.ticks ?? niceTicks(axis.domain, (ground.bottom - ground.top) / 48);
  return (
    <g>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            className="plane-grid"
            x1={ground.left}
            x2={ground.right}
            y1={ground.y(tick)}
            y2={ground.y(tick)}
          />
          <text className="plane-tick" x={ground.left - 8} y={ground.y(tick)} dy="0.32em" textAnchor="end">
            {axis.format(tick)}
          </text>
        </g>
      ))}
      <text className="plane-label" x={2} y={12}>
        ↑ {axis.label}
      </text>
    </g>
  );
}
