import type { BidCurve, BidPoint } from "../api/types.ts";
import { BarFigure } from "../components/Chart.tsx";
import type { FigureColumn } from "../components/ChartFrame.tsx";
import { formatPercent } from "../lib/format.ts";
import { formatQuality, shortQuality } from "../lib/quality.ts";
import { PlaneFigure, type Ground } from "../plot/Plane.tsx";
import { means, type Mean } from "./curves.ts";

const COLUMNS: readonly FigureColumn[] = [
  { key: "agent", label: "Agent", format: String },
  { key: "task", label: "Task", format: String },
  { key: "nth", label: "Nth bid" },
  { key: "quality", label: "Quality", format: formatQuality },
  { key: "ratio", label: "Price / reserve", format: formatPercent },
  { key: "won", label: "Won" },
];

interface CloudProps {
  title: string;
  caption: string;
  points: readonly BidPoint[];
  x: (point: BidPoint) => number;
  label: string;
  format: (value: number) => string;
  domain: readonly [number, number];
  /** Parts of the axis that a mean is drawn for. */
  parts: number;
}

/** Bids as parts of their reserve against something, with the mean along it. */
function Cloud({ title, caption, points, x, label, format, domain, parts }: CloudProps) {
  const highest = Math.max(1, ...points.map((point) => point.ratio)) * 1.04;
  const trend = means(points, x, (point) => point.ratio, domain, parts);
  return (
    <PlaneFigure
      title={title}
      caption={caption}
      x={{ domain, label, format }}
      y={{
        domain: [0, highest],
        label: "Price, per cent of the reserve",
        format: (part) => `${Math.round(part * 100)} %`,
      }}
      spots={points.map((point) => ({ x: x(point), y: point.ratio, text: sentence(point) }))}
      columns={COLUMNS}
      rows={points.map((point) => ({ ...point, won: point.won ? "yes" : "no" }))}
      height={320}
    >
      {(ground) => (
        <>
          {points.map((point) => (
            <circle
              key={`${point.task}/${point.agent}`}
              className={point.won ? "cloud-point won" : "cloud-point"}
              cx={ground.x(x(point))}
              cy={ground.y(point.ratio)}
              r={3}
            />
          ))}
          <Trend means={trend} ground={ground} />
        </>
      )}
    </PlaneFigure>
  );
}

function Trend({ means: along, ground }: { means: readonly Mean[]; ground: Ground }) {
  return (
    <g>
      <polyline
        className="cloud-trend"
        points={along.map(({ x, y }) => `${ground.x(x)},${ground.y(y)}`).join(" ")}
      />
      {along.map(({ x, y }) => (
        <circle key={x} className="cloud-mean" cx={ground.x(x)} cy={ground.y(y)} r={3.5} data-mean={y} />
      ))}
    </g>
  );
}

function sentence(point: BidPoint): string {
  const { agent, task, nth, ratio, won } = point;
  return `Agent ${agent}, its bid number ${nth}, task ${task}: ${formatPercent(ratio)} of the reserve, ${won ? "won" : "lost"}`;
}

const MEANT = "Filled marks won; the line is the mean.";

/** What bidders of some quality ask. */
export function ByQuality({ points }: { points: readonly BidPoint[] }) {
  const qualities = points.map((point) => point.quality);
  return (
    <Cloud
      title="Bids by quality"
      caption={`What bidders ask by the quality they have earned. ${MEANT}`}
      points={points}
      x={(point) => point.quality}
      label="Quality of the bidder"
      format={shortQuality}
      domain={[5_000, Math.max(5_500, ...qualities)]}
      parts={8}
    />
  );
}

/** What bidders ask as they go on. */
export function ByExperience({ points }: { points: readonly BidPoint[] }) {
  const most = Math.max(2, ...points.map((point) => point.nth));
  return (
    <Cloud
      title="Learning to bid"
      caption={`What an agent asks in its first, second, … bid. ${MEANT}`}
      points={points}
      x={(point) => point.nth}
      label="Nth bid of an agent"
      format={(nth) => (Number.isInteger(nth) ? String(nth) : "")}
      domain={[0.5, most + 0.5]}
      parts={Math.min(12, most)}
    />
  );
}

/** How likely a price is to win. */
export function Chance({ curve }: { curve: readonly BidCurve[] }) {
  const percent = (part: number): string => `${Math.round(part * 100)}`;
  return (
    <BarFigure
      title="Chance to win"
      caption="The share of bids that won, by what they asked in per cent of the reserve."
      data={curve.map(({ low, high, chance, bids, won }) => ({
        asked: `${percent(low)}–${percent(high)} %`,
        chance,
        bids,
        won,
      }))}
      x={{ key: "asked", label: "Asked" }}
      series={[{ key: "chance", label: "Chance to win", format: formatPercent }]}
      short={(part) => `${percent(part)}\u00a0%`}
      height={260}
    />
  );
}
