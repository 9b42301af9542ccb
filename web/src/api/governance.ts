import type { Place } from "./types.ts";

/** Proposals, votes and parameters: agents/explorer/api/models/governance.py. Votes are decimal strings. */

export interface Argument {
  name: string;
  type: string;
  value: unknown;
}

export interface Proposal extends Place {
  id: string;
  proposer: string;
  title: string;
  state: string;
  votes_for: string;
  votes_against: string;
  votes_abstain: string;
  vote_start: number;
  vote_end: number;
  eta: number | null;
  created_time: number;
}

export interface Vote extends Place {
  voter: string;
  support: "against" | "for" | "abstain";
  weight: string;
  reason: string;
}

export interface ProposedCall {
  contract: string | null;
  function: string | null;
  arguments: Argument[];
  target: string;
  value: string;
}

export interface ProposalDetail extends Proposal {
  description: string;
  calls: ProposedCall[];
  votes: Vote[];
}

export type Parameters = Record<string, string | number>;

export interface ParameterChange extends Place {
  parameters: Parameters;
  changed: string[];
}

export interface VotingLock extends Place {
  id: number;
  owner: string;
  amount: number;
  period: number;
  votes: string;
  release_at: number | null;
  withdrawn: boolean;
}

export interface Governance {
  parameters: Parameters;
  history: ParameterChange[];
  proposals: Proposal[];
  next: string | null;
  locks: VotingLock[];
  timelock_delay: number | null;
}
