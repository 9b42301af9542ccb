import { lazy, Suspense, type ComponentType } from "react";

import type { BarProps } from "./figures/BarDrawing.tsx";
import type { LineProps } from "./figures/LineDrawing.tsx";
import type { SankeyProps } from "./figures/SankeyDrawing.tsx";
import type { ScatterProps } from "./figures/ScatterDrawing.tsx";
import { ChartFrame, type Datum, type FigureColumn } from "./ChartFrame.tsx";

// The chart library comes after the page: until then the frame stands there, as high as it will be.
const LineDrawing = lazy(() => import("./figures/LineDrawing.tsx"));
const BarDrawing = lazy(() => import("./figures/BarDrawing.tsx"));
const ScatterDrawing = lazy(() => import("./figures/ScatterDrawing.tsx"));
const SankeyDrawing = lazy(() => import("./figures/SankeyDrawing.tsx"));

interface Framed {
  title: string;
  /** What the chart shows, in a sentence: units, and what one point is. */
  caption: string;
  /** Pixels. */
  height?: number;
}

function Drawn<Props extends object>({ of: Drawing, props }: { of: ComponentType<Props>; props: Props }) {
  return (
    <Suspense fallback={null}>
      <Drawing {...props} />
    </Suspense>
  );
}

/** Lines, or areas that may be stacked, over a number such as a time. */
export function LineFigure({ title, caption, height, ...props }: Framed & LineProps) {
  const columns: FigureColumn[] = [props.x, ...props.series];
  return (
    <ChartFrame {...framed(title, caption, height)} columns={columns} rows={props.data}>
      <Drawn of={LineDrawing} props={props} />
    </ChartFrame>
  );
}

/** Bars over names. */
export function BarFigure({ title, caption, height, ...props }: Framed & BarProps) {
  const columns: FigureColumn[] = [props.x, ...props.series];
  return (
    <ChartFrame {...framed(title, caption, height)} columns={columns} rows={props.data}>
      <Drawn of={BarDrawing} props={props} />
    </ChartFrame>
  );
}

/** Points by two numbers, in groups. */
export function ScatterFigure({ title, caption, height, ...props }: Framed & ScatterProps) {
  const rows: Datum[] = props.groups.flatMap((group) =>
    group.points.map((point) => ({ group: group.label, ...point })),
  );
  const columns: FigureColumn[] = [
    { key: "group", label: props.groupLabel },
    props.x,
    props.y,
    ...(props.more ?? []),
  ];
  return (
    <ChartFrame {...framed(title, caption, height)} columns={columns} rows={rows}>
      <Drawn of={ScatterDrawing} props={props} />
    </ChartFrame>
  );
}

/** Flows between places, as wide as they are large. */
export function SankeyFigure({ title, caption, height, ...props }: Framed & SankeyProps) {
  const columns: FigureColumn[] = [
    { key: "source", label: "From" },
    { key: "target", label: "To" },
    { key: "value", label: props.label, ...(props.format ? { format: props.format } : {}) },
  ];
  const rows: Datum[] = props.flows.map((flow) => ({ ...flow }));
  return (
    <ChartFrame {...framed(title, caption, height)} columns={columns} rows={rows}>
      <Drawn of={SankeyDrawing} props={props} />
    </ChartFrame>
  );
}

function framed(title: string, caption: string, height: number | undefined): Framed {
  return { title, caption, ...(height === undefined ? {} : { height }) };
}
