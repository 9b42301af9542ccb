import { Link } from "wouter";

import type { Proposal } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { ProposalState, Tally } from "./Tally.tsx";

/** Proposals, each with where it stands and its votes. */
export function ProposalList({ proposals }: { proposals: readonly Proposal[] }) {
  return (
    <ol className="proposals">
      {proposals.map((proposal) => (
        <li key={proposal.id} data-proposal={proposal.id}>
          <div>
            <p className="proposal-title">
              <Link href={`/governance/${proposal.id}`}>
                <Untrusted text={proposal.title || "Untitled"} limit={120} plain />
              </Link>{" "}
              <ProposalState state={proposal.state} />
            </p>
            <p className="muted proposal-note">
              by <Account account={proposal.proposer} /> <Time at={proposal.created_time} /> ·{" "}
              <When proposal={proposal} />
            </p>
          </div>
          <Tally proposal={proposal} />
        </li>
      ))}
    </ol>
  );
}

/** The time that matters next, or mattered last. */
function When({ proposal }: { proposal: Proposal }) {
  const [what, at] = whenOf(proposal);
  return (
    <>
      {what} <Time at={at} />
      {proposal.state === "Ended" && ": it passed if enough votes took part"}
    </>
  );
}

function whenOf(proposal: Proposal): [string, number | null] {
  switch (proposal.state) {
    case "Pending":
      return ["votes from", proposal.vote_start];
    case "Active":
      return ["votes until", proposal.vote_end];
    case "Queued":
      return ["can be executed", proposal.eta];
    case "Executed":
      return ["executed", proposal.time];
    case "Canceled":
      return ["canceled", proposal.time];
    default:
      return ["votes ended", proposal.vote_end];
  }
}
