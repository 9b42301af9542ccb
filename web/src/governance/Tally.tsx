import type { Proposal } from "../api/types.ts";
import { Mark, type Tone } from "../components/State.tsx";
import { formatNumber, formatPercent, shortCredits } from "../lib/format.ts";

const TONES: Record<Proposal["state"], Tone> = {
  Pending: "neutral",
  Active: "info",
  Canceled: "neutral",
  Defeated: "bad",
  Ended: "neutral",
  Queued: "info",
  Executed: "good",
};

/** Where a proposal stands. */
export function ProposalState({ state }: { state: Proposal["state"] }) {
  return <Mark tone={TONES[state]}>{state}</Mark>;
}

/** Votes for, against and abstaining as one bar with its figures. Votes come from credits that are locked for a time. */
export function Tally({ proposal }: { proposal: Proposal }) {
  const votes = [
    ["for", "For", proposal.votes_for],
    ["against", "Against", proposal.votes_against],
    ["abstain", "Abstain", proposal.votes_abstain],
  ] as const;
  const all = votes.reduce((sum, [, , count]) => sum + count, 0);
  return (
    <div className="tally">
      <div className="tally-bar" aria-hidden="true">
        {votes
          .filter(([, , count]) => count > 0)
          .map(([kind, , count]) => (
            <i key={kind} className={kind} style={{ width: `${(count / all) * 100}%` }} />
          ))}
      </div>
      <p className="tally-figures">
        {votes.map(([kind, name, count]) => (
          <span key={kind} data-votes={count} title={`${formatNumber(count)} votes`}>
            <i className={kind} aria-hidden="true" />
            {name} {shortCredits(count)}
            {all > 0 && <span className="muted"> {formatPercent(count / all)}</span>}
          </span>
        ))}
      </p>
    </div>
  );
}
