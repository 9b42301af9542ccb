import type { AgentHistory } from "../api/types.ts";
import { LineFigure } from "../components/Chart.tsx";
import { readableCredits, shortCredits } from "../lib/format.ts";
import { shortTimes, TIME } from "../plot/time.ts";

/** What the agent has over time, and what it earned by work and spent on thinking. */
export function Purse({ history }: { history: AgentHistory }) {
  const credits = { format: readableCredits };
  return (
    <div className="grid pair">
      <div className="panel half">
        <LineFigure
          title="Thinking against reward"
          caption="Credits since it began: rewards less fees, and model calls."
          data={history.money.map(({ time, earned, thinking }) => ({ time, earned, thinking }))}
          x={TIME}
          series={[
            { key: "earned", label: "Earned", colour: 1, ...credits },
            { key: "thinking", label: "Thinking", colour: 2, ...credits },
          ]}
          shape="step"
          short={shortCredits}
          shortX={shortTimes(history.money.map((point) => point.time))}
        />
      </div>
      <div className="panel half">
        <LineFigure
          title="Balance"
          caption="Credits after each block that changed it; the debt is no part of them."
          data={history.balance.map(({ time, free, locked, debt }) => ({ time, free, locked, debt }))}
          x={TIME}
          series={[
            { key: "free", label: "Free", colour: 1, ...credits },
            { key: "locked", label: "Locked", colour: 3, ...credits },
            { key: "debt", label: "Debt", colour: 6, ...credits },
          ]}
          shape="step"
          short={shortCredits}
          shortX={shortTimes(history.balance.map((point) => point.time))}
        />
      </div>
    </div>
  );
}
