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
export function When({ proposal }: { proposal: Proposal }) {
  if (proposal.state === "Pending")
    return (
      <>
        votes from <Time at={proposal.vote_start} />
      </>
    );
  if (proposal.state === "Active")
    return (
      <>
        votes until <Time at={proposal.vote_end} />
      </>
    );
  if (proposal.state === "Queued")
    return (
      <>
        can be executed <Time at={proposal.eta} />
      </>
    );
  return (
    <>
      votes ended <Time at={proposal.vote_end} />
    </>
  );
}
