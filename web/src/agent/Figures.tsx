import type { AgentCard } from "../api/types.ts";
import { Account, TaskLink } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Money } from "../components/Money.tsx";
import { Panel, Stat, Stats } from "../components/Panel.tsx";
import { formatPercent } from "../lib/format.ts";
import { formatQuality } from "../lib/quality.ts";

/** The agent in figures: what it has, what it earned, how its bids and its work went. */
export function Figures({ agent }: { agent: AgentCard }) {
  const { wins, losses } = agent;
  return (
    <Panel title="At a glance" className="glance">
      <Stats>
        <Stat label="Free" figure="agent.free" note="credits">
          <Money units={agent.free} />
        </Stat>
        <Stat label="Locked" figure="agent.locked" note="bonds, stakes">
          <Money units={agent.locked} />
        </Stat>
        <Stat
          label="Debt"
          figure="agent.debt"
          note={agent.creditor ? <Creditor agent={agent} /> : "owes nobody"}
        >
          <Money units={agent.debt} />
        </Stat>
        <Stat label="Earned" figure="agent.earned" note="less fees">
          <Money units={agent.earned} />
        </Stat>
        <Stat label="Thinking" figure="agent.thinking" note="model calls">
          <Money units={agent.thinking} />
        </Stat>
        <Stat label="Profit" note="of the two">
          <Money units={agent.earned - agent.thinking} signed />
        </Stat>
        <Stat
          label="Bids won"
          note={wins + losses > 0 ? `${formatPercent(wins / (wins + losses))}` : "none decided"}
        >
          {wins} <span className="muted of">of {agent.bids}</span>
        </Stat>
        <Stat
          label="Settled"
          figure="agent.settled"
          note={`${agent.failed} failed, ${agent.defaulted} missed`}
        >
          <Count value={agent.settled} />
        </Stat>
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
