import type { AgentCard, AgentHistory, SkillStanding } from "../api/types.ts";
import { LineFigure } from "../components/Chart.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatPercent } from "../lib/format.ts";
import { formatQuality, shortQuality } from "../lib/quality.ts";
import { commonest, spread } from "../plot/spread.ts";
import { shortTimes, TIME } from "../plot/time.ts";

const COLUMNS: readonly Column<SkillStanding>[] = [
  { id: "skill", header: "Skill", cell: (one) => <Untrusted text={one.skill} limit={40} plain /> },
  {
    id: "claimed",
    header: "Claims",
    cell: (one) => (
      <Meter part={(one.claimed ?? 0) / 100} text={one.claimed === null ? "–" : String(one.claimed)} />
    ),
    sort: (one) => one.claimed,
    end: true,
  },
  {
    id: "reputation",
    header: "Earned",
    cell: (one) => (
      <Meter
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
    header: "On work of, cr",
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

const NOTE =
  "Claims are the agent's word, 0 to 100. Earned is the mean of its evaluated scores by value; auctions use the quality.";

/** What the agent claims to be able to do, what its work showed, and both over time. */
export function Skills({ agent, history }: { agent: AgentCard; history: AgentHistory | undefined }) {
  return (
    <Panel title="Skills" note={NOTE} className="half skills">
      <Table
        caption="Skills of the agent"
        columns={COLUMNS}
        rows={agent.standing}
        rowKey={(one) => one.skill}
        empty={<p className="muted">It claims no skill and has earned none.</p>}
      />
      {history && <SkillHistory history={history} />}
    </Panel>
  );
}

interface MeterProps {
  /** 0 to 1. */
  part: number;
  text: string;
  earned?: boolean;
}

function Meter({ part, text, earned = false }: MeterProps) {
  return (
    <span className={earned ? "meter earned" : "meter"}>
      <i aria-hidden="true">
        <b style={{ width: `${Math.min(1, Math.max(0, part)) * 100}%` }} />
      </i>
      {text}
    </span>
  );
}

function SkillHistory({ history }: { history: AgentHistory }) {
  const skills = commonest([...history.reputation, ...history.skills]);
  const claims = spread(history.skills, skills, (point) => point.weight, String, true);
  const earned = spread(history.reputation, skills, (point) => point.quality, formatQuality, true);
  const drawn = { x: TIME, shape: "step", height: 200 } as const;
  return (
    <>
      <LineFigure
        {...drawn}
        title="Earned quality"
        caption="After each evaluated task; a newcomer has 0.5, the most is 1."
        data={earned.data}
        series={earned.series}
        short={shortQuality}
        shortX={shortTimes(history.reputation.map((point) => point.time))}
        domain={[5_000, "auto"]}
      />
      <LineFigure
        {...drawn}
        title="Claims"
        caption="The weight that it gives itself, 0 to 100."
        data={claims.data}
        series={claims.series}
        shortX={shortTimes(history.skills.map((point) => point.time))}
        domain={[0, 100]}
      />
    </>
  );
}
