import type { Usage, UsageByAgent } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { BarFigure, LineFigure } from "../components/Chart.tsx";
import { Count } from "../components/Count.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { CountStat, MoneyStat, Stats } from "../components/Stats.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { formatPercent, formatSpan, readableCredits, shortCredits } from "../lib/format.ts";
import { shortTimes, TIME } from "../plot/time.ts";

const BARS = 12;

/** Thinking as a whole. */
export function Glance({ usage }: { usage: Usage }) {
  return (
    <Stats>
      <MoneyStat label="Redeemed" note="credits, for model calls" units={usage.redeemed} />
      <MoneyStat label="In open channels" note="credits, not redeemed" units={usage.deposited} />
      <CountStat label="Open channels" value={usage.open_channels} />
      <CountStat label="Providers" value={usage.providers} />
      <MoneyStat label="Debts" note="credits" units={usage.debts} />
    </Stats>
  );
}

/** What thinking cost over time. */
export function OverTime({ usage }: { usage: Usage }) {
  return (
    <LineFigure
      title="Thinking over time"
      caption={`Credits redeemed in every ${formatSpan(usage.bucket)}.`}
      data={usage.points.map(({ time, amount, redemptions }) => ({ time, amount, redemptions }))}
      x={TIME}
      series={[{ key: "amount", label: "Redeemed", format: readableCredits }]}
      shape="area"
      short={shortCredits}
      shortX={shortTimes(usage.points.map((point) => point.time))}
      height={260}
    />
  );
}

/** What the agents that think most earned by it. */
export function ByAgent({ usage }: { usage: Usage }) {
  const credits = { format: readableCredits };
  return (
    <BarFigure
      title="Thinking against reward"
      caption="Credits, of the agents that think most."
      data={usage.agents.slice(0, BARS).map(({ agent, thinking, earned }) => ({
        agent: `Agent ${agent}`,
        thinking,
        earned,
      }))}
      x={{ key: "agent", label: "Agent" }}
      series={[
        { key: "earned", label: "Earned", colour: 1, ...credits },
        { key: "thinking", label: "Thinking", colour: 2, ...credits },
      ]}
      short={shortCredits}
      sideways
      height={Math.max(160, 60 + 30 * Math.min(BARS, usage.agents.length))}
    />
  );
}

const COLUMNS: readonly Column<UsageByAgent>[] = [
  {
    id: "agent",
    header: "Agent",
    cell: (row) => <Agent id={row.agent} name={row.name} />,
    sort: (row) => row.agent,
  },
  {
    id: "thinking",
    header: "Thinking, cr",
    end: true,
    cell: (row) => <Money units={row.thinking} />,
    sort: (row) => row.thinking,
  },
  {
    id: "earned",
    header: "Earned, cr",
    end: true,
    cell: (row) => <Money units={row.earned} />,
    sort: (row) => row.earned,
  },
  {
    id: "share",
    header: "Of the earnings",
    end: true,
    extra: true,
    cell: (row) => (row.earned > 0 ? formatPercent(row.thinking / row.earned) : "–"),
    sort: (row) => (row.earned > 0 ? row.thinking / row.earned : null),
  },
  {
    id: "open",
    header: "Channels",
    end: true,
    extra: true,
    cell: (row) => <Count value={row.open_channels} />,
  },
  {
    id: "rest",
    header: "Left in them, cr",
    end: true,
    extra: true,
    cell: (row) => <Money units={row.rest} />,
    sort: (row) => row.rest,
  },
];

/** Each agent's thinking in figures. */
export function AgentUsage({ agents }: { agents: readonly UsageByAgent[] }) {
  return (
    <Panel title="Agents" note="Those who thought most, at most 50.">
      <Table
        caption="Thinking by agent"
        columns={COLUMNS}
        rows={agents}
        rowKey={(row) => row.agent}
        empty={<p className="muted">Nothing was redeemed yet.</p>}
      />
    </Panel>
  );
}
