import type { BarProps } from "./figures/BarDrawing.tsx";
import type { LineProps } from "./figures/LineDrawing.tsx";
import type { SankeyProps } from "./figures/SankeyDrawing.tsx";
import { ChartFrame, type Datum, type FigureColumn } from "./ChartFrame.tsx";
import { later } from "./later.tsx";

// The chart library comes after the page: until then the frame stands there, as high as it will be.
const DRAWINGS = {
  line: () => import("./figures/LineDrawing.tsx"),
  bar: () => import("./figures/BarDrawing.tsx"),
  sankey: () => import("./figures/SankeyDrawing.tsx"),
};
const LineDrawing = later(DRAWINGS.line);
const BarDrawing = later(DRAWINGS.bar);
const SankeyDrawing = later(DRAWINGS.sankey);

/** Fetches what draws these charts while their figures are still on their way. */
export function fetchDrawings(...kinds: (keyof typeof DRAWINGS)[]): void {
  // If one does not come, the page says so when it is to be drawn.
  for (const kind of kinds) DRAWINGS[kind]().catch(() => undefined);
}

interface Framed {
  title: string;
  /** What the chart shows, in a sentence: units, and what one point is. */
  caption: string;
  /** Pixels. */
  height?: number | undefined;
}

/** Lines, steps or areas over a number such as a time. */
export function LineFigure({ title, caption, height, ...props }: Framed & LineProps) {
  const columns: FigureColumn[] = [props.x, ...props.series];
  return (
    <ChartFrame title={title} caption={caption} height={height} columns={columns} rows={props.data}>
      <LineDrawing {...props} />
    </ChartFrame>
  );
}

/** Bars over names. */
export function BarFigure({ title, caption, height, ...props }: Framed & BarProps) {
  const columns: FigureColumn[] = [props.x, ...props.series];
  return (
    <ChartFrame title={title} caption={caption} height={height} columns={columns} rows={props.data}>
      <BarDrawing {...props} />
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
    <ChartFrame title={title} caption={caption} height={height} columns={columns} rows={rows}>
      <SankeyDrawing {...props} />
    </ChartFrame>
  );
}
