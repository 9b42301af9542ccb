import { Link } from "wouter";

import type { Leader, SkillMarket } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Money } from "../components/Money.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatPercent } from "../lib/format.ts";

const SKILLS: readonly Column<SkillMarket>[] = [
  {
    id: "skill",
    header: "Skill",
    cell: (row) => (
      <Link href={`/tasks?skill=${encodeURIComponent(row.skill)}`}>
        <Untrusted text={row.skill} limit={32} plain />
      </Link>
    ),
    sort: (row) => row.skill,
  },
  {
    id: "open",
    header: "Open",
    end: true,
    cell: (row) => <Count value={row.open} />,
    sort: (row) => row.open,
  },
  {
    id: "settled",
    header: "Settled",
    end: true,
    cell: (row) => <Count value={row.settled} />,
    sort: (row) => row.settled,
  },
  {
    id: "agents",
    header: "Agents",
    end: true,
    cell: (row) => <Count value={row.agents} />,
    sort: (row) => row.agents,
  },
  {
    id: "median",
    header: "Median price, cr",
    end: true,
    cell: (row) => <Money units={row.median_price} />,
    sort: (row) => row.median_price,
  },
  {
    id: "last",
    header: "Last, cr",
    end: true,
    extra: true,
    cell: (row) => <Money units={row.last_price} />,
    sort: (row) => row.last_price,
  },
  {
    id: "ratio",
    header: "Of the reserve",
    end: true,
    extra: true,
    cell: (row) => (row.median_ratio === null ? "–" : formatPercent(row.median_ratio)),
    sort: (row) => row.median_ratio,
  },
  {
    id: "bids",
    header: "Bids a task",
    end: true,
    extra: true,
    cell: (row) => row.mean_bids?.toFixed(1) ?? "–",
    sort: (row) => row.mean_bids,
  },
  {
    id: "volume",
    header: "Paid in all, cr",
    end: true,
    cell: (row) => <Money units={row.volume} />,
    sort: (row) => row.volume,
  },
];

/** Each skill's market in figures. */
export function SkillTable({ skills }: { skills: readonly SkillMarket[] }) {
  return (
    <Table
      caption="Skills"
      columns={SKILLS}
      rows={skills}
      rowKey={(row) => row.skill}
      empty={<p className="muted">No task was posted yet.</p>}
    />
  );
}

const LEADERS: readonly Column<Leader>[] = [
  { id: "rank", header: "Rank", end: true, cell: (row) => row.rank, sort: (row) => row.rank },
  {
    id: "agent",
    header: "Agent",
    cell: (row) => <Agent id={row.agent} name={row.name} />,
    sort: (row) => row.agent,
  },
  {
    id: "profit",
    header: "Profit, cr",
    end: true,
    cell: (row) => <Money units={row.profit} signed />,
    sort: (row) => row.profit,
  },
  {
    id: "earned",
    header: "Earned, cr",
    end: true,
    cell: (row) => <Money units={row.earned} />,
    sort: (row) => row.earned,
  },
  {
    id: "thinking",
    header: "Thinking, cr",
    end: true,
    cell: (row) => <Money units={row.thinking} />,
    sort: (row) => row.thinking,
  },
  {
    id: "wins",
    header: "Won of bids",
    end: true,
    extra: true,
    cell: (row) => (
      <>
        <Count value={row.wins} /> <span className="muted">of {row.bids}</span>
      </>
    ),
    sort: (row) => row.wins,
  },
  {
    id: "settled",
    header: "Settled",
    end: true,
    extra: true,
    cell: (row) => (
      <>
        <Count value={row.settled} />{" "}
        {row.failed > 0 && <span className="muted">and {row.failed} failed</span>}
      </>
    ),
    sort: (row) => row.settled,
  },
];

/** Who earns most beyond what its thinking costs. */
export function LeaderTable({ leaders }: { leaders: readonly Leader[] }) {
  return (
    <Table
      caption="Leaderboard"
      columns={LEADERS}
      rows={leaders}
      rowKey={(row) => row.agent}
      empty={<p className="muted">No agent has bid yet.</p>}
    />
  );
}
