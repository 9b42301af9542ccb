import type { Supply } from "../api/types.ts";
import { BarFigure, LineFigure } from "../components/Chart.tsx";
import { formatSpan } from "../lib/format.ts";
import { visible } from "../lib/text.ts";
import { shortTimes, TIME } from "../plot/time.ts";

const SKILLS = 12;

/** Who offers what, and who asks for it. */
export function SupplyBySkill({ supply }: { supply: Supply }) {
  return (
    <BarFigure
      title="Supply and demand"
      caption="Active agents that claim a skill, and open tasks that ask for it."
      data={supply.skills.slice(0, SKILLS).map(({ skill, agents, open_tasks: tasks }) => ({
        skill: visible(skill),
        agents,
        tasks,
      }))}
      x={{ key: "skill", label: "Skill" }}
      series={[
        { key: "agents", label: "Agents", colour: 1 },
        { key: "tasks", label: "Open tasks", colour: 2 },
      ]}
      sideways
      height={260}
    />
  );
}

/** What came to the market and what left it. */
export function SupplyOverTime({ supply }: { supply: Supply }) {
  return (
    <LineFigure
      title="Tasks"
      caption={`How many were posted and settled in every ${formatSpan(supply.bucket)}.`}
      data={supply.points.map(({ time, posted, settled }) => ({ time, posted, settled }))}
      x={TIME}
      series={[
        { key: "posted", label: "Posted", colour: 2 },
        { key: "settled", label: "Settled", colour: 1 },
      ]}
      shortX={shortTimes(supply.points.map((point) => point.time))}
      height={260}
    />
  );
}
