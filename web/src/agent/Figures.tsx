import type { AgentCard } from "../api/types.ts";
import { Account, TaskLink } from "../components/Account.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { CountStat, MoneyStat, Stat, Stats } from "../components/Stats.tsx";
import { formatPercent } from "../lib/format.ts";
import { formatQuality } from "../lib/quality.ts";

/** The agent in figures: what it has, what it earned, how its bids and its work went. */
export function Figures({ agent }: { agent: AgentCard }) {
  const { wins, losses } = agent;
  return (
    <Panel title="At a glance" className="glance">
      <Stats>
        <MoneyStat label="Free" figure="agent.free" note="credits" units={agent.free} />
        <MoneyStat label="Locked" figure="agent.locked" note="bonds, stakes" units={agent.locked} />
        <MoneyStat
          label="Debt"
          figure="agent.debt"
          note={agent.creditor ? <Creditor agent={agent} /> : "owes nobody"}
          units={agent.debt}
        />
        <MoneyStat label="Earned" figure="agent.earned" note="less fees" units={agent.earned} />
        <MoneyStat label="Thinking" figure="agent.thinking" note="model calls" units={agent.thinking} />
        <Stat label="Profit" note="of the two">
          <Money units={agent.earned - agent.thinking} signed />
        </Stat>
        <Stat
          label="Bids won"
          note={wins + losses > 0 ? `${formatPercent(wins / (wins + losses))}` : "none decided"}
        >
          {wins} <span className="muted of">of {agent.bids}</span>
        </Stat>
        <CountStat
          label="Settled"
          figure="agent.settled"
          note={`${agent.failed} failed, ${agent.defaulted} missed`}
          value={agent.settled}
        />
        <Stat label="Best quality" note="0.5 to 1">
          <span data-quality={agent.quality}>{formatQuality(agent.quality)}</span>
        </Stat>
      </Stats>
      {agent.open_tasks.length > 0 && (
        <p className="working">
          <span className="muted">Works on</span>{" "}
          {agent.open_tasks.map((task) => (
            <span key={task}>
              <TaskLink id={task} />{" "}
            </span>
          ))}
        </p>
      )}
    </Panel>
  );
}

function Creditor({ agent }: { agent: AgentCard }) {
  return (
    <>
      to <Account account={agent.creditor} />
    </>
  );
}
