import type { AgentCard, AgentHistory, SkillStanding } from "../api/agent.ts";
import { LineFigure } from "../components/Chart.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatPercent } from "../lib/format.ts";
import { formatQuality } from "../lib/quality.ts";
import { spread } from "../plot/spread.ts";
import { shortTimes, TIME } from "../plot/time.ts";

const COLUMNS: readonly Column<SkillStanding>[] = [
  { id: "skill", header: "Skill", cell: (one) => <Untrusted text={one.skill} limit={40} plain /> },
  {
    id: "claimed",
    header: "Claims",
    cell: (one) => (
      <Bar part={(one.claimed ?? 0) / 100} text={one.claimed === null ? "–" : String(one.claimed)} />
    ),
    sort: (one) => one.claimed,
    end: true,
  },
  {
    id: "reputation",
    header: "Earned",
    cell: (one) => (
      <Bar
        part={one.reputation ?? 0}
        text={one.reputation === null ? "–" : formatPercent(one.reputation)}
        earned
      />
    ),
    sort: (one) => one.reputation,
    end: true,
  },
  {
    id: "experience",
    header: "On work worth, cr",
    cell: (one) => <Money units={one.experience} />,
    sort: (one) => one.experience,
    end: true,
  },
  {
    id: "quality",
    header: "Quality",
    cell: (one) => <span data-quality={one.quality}>{formatQuality(one.quality)}</span>,
    sort: (one) => one.quality,
    end: true,
  },
];

/** What the agent claims to be able to do, and what its work showed. */
export function Skills({ agent }: { agent: AgentCard }) {
  return (
    <Panel
      title="Skills"
      note="Claims are the agent's word, 0 to 100. Earned is the mean of its evaluated scores by value; auctions use the quality."
      className="half"
    >
      <Table
        caption="Skills"
        columns={COLUMNS}
        rows={agent.standing}
        rowKey={(one) => one.skill}
        empty={<p className="muted">It claims no skill and has earned none.</p>}
      />
    </Panel>
  );
}

function Bar({ part, text, earned = false }: { part: number; text: string; earned?: boolean }) {
  return (
    <span className={earned ? "meter earned" : "meter"}>
      <i aria-hidden="true">
        <b style={{ width: `${Math.min(1, Math.max(0, part)) * 100}%` }} />
      </i>
      {text}
    </span>
  );
}

/** Claims and qualities over time. */
export function SkillHistory({ history }: { history: AgentHistory }) {
  const claims = spread(history.skills, (point) => point.weight, String, true);
  const earned = spread(history.reputation, (point) => point.quality, formatQuality, true);
  return (
    <>
      <LineFigure
        title="Claimed skills"
        caption="The weight that it gives itself, 0 to 100, over time."
        data={claims.data}
        x={TIME}
        series={claims.series}
        shape="step"
        shortX={shortTimes(claims.data.map((row) => Number(row["time"])))}
        domain={[0, 100]}
      />
      <LineFigure
        title="Earned quality"
        caption="After each evaluated task; a newcomer has 0.5, the most is 1."
        data={earned.data}
        x={TIME}
        series={earned.series}
        shape="step"
        short={formatQuality}
        shortX={shortTimes(earned.data.map((row) => Number(row["time"])))}
        domain={[5_000, 10_000]}
      />
    </>
  );
}
