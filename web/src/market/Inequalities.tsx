import type { Inequality, LorenzPoint, Market } from "../api/types.ts";
import type { FigureColumn } from "../components/ChartFrame.tsx";
import { formatPercent } from "../lib/format.ts";
import { Diagonal, PlaneFigure, type Ground } from "../plot/Plane.tsx";

const COLUMNS: readonly FigureColumn[] = [
  { key: "of", label: "Of" },
  { key: "share", label: "Poorest share of agents", format: formatPercent },
  { key: "held", label: "Hold", format: formatPercent },
];
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** How unequally earnings and balances are spread over the agents. */
export function Inequalities({ market }: { market: Market }) {
  const { earnings, balances } = market;
  const rows = [
    ...earnings.lorenz.map((point) => ({ of: "earnings", ...point })),
    ...balances.lorenz.map((point) => ({ of: "balances", ...point })),
  ];
  const axis = { domain: [0, 1], ticks: TICKS, format: (part: number) => `${part * 100} %` } as const;
  return (
    <PlaneFigure
      title="Inequality"
      caption={`${giniOf("earnings", earnings)}; ${giniOf("balances", balances)}. On the straight line all have the same.`}
      x={{ ...axis, label: "Poorest share of the agents" }}
      y={{ ...axis, label: "Share of all credits" }}
      spots={rows.map(({ of, share, held }) => ({
        x: share,
        y: held,
        text: `The poorest ${formatPercent(share)} have ${formatPercent(held)} of all ${of}`,
      }))}
      columns={COLUMNS}
      rows={rows}
      height={320}
    >
      {(ground) => (
        <>
          <Diagonal ground={ground} end={1} />
          <Curve points={balances.lorenz} ground={ground} name="balances" />
          <Curve points={earnings.lorenz} ground={ground} name="earnings" />
        </>
      )}
    </PlaneFigure>
  );
}

function giniOf(name: string, { gini, agents }: Inequality): string {
  return `Gini of ${name} ${gini === null ? "–" : gini.toFixed(3)} over ${agents} agents`;
}

interface CurveProps {
  points: readonly LorenzPoint[];
  ground: Ground;
  name: "earnings" | "balances";
}

function Curve({ points, ground, name }: CurveProps) {
  const low = name === "earnings";
  const middle = points[Math.floor(points.length * 0.62)];
  return (
    <g data-lorenz={name}>
      <polyline
        className={`lorenz ${name}`}
        points={points.map(({ share, held }) => `${ground.x(share)},${ground.y(held)}`).join(" ")}
      />
      {middle && (
        <text
          className="lorenz-name"
          x={ground.x(middle.share) + (low ? 8 : -8)}
          y={ground.y(middle.held) + (low ? 12 : -4)}
          textAnchor={low ? "start" : "end"}
        >
          {name}
        </text>
      )}
    </g>
  );
}
