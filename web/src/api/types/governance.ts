/** Proposals, votes, parameters. */
import type { Call } from "./chain.ts";
import type { Place } from "./common.ts";

/** A vote that was cast. */
export interface Vote extends Place {
  voter: string;
  support: "against" | "for" | "abstain";
  /** Votes, in units of locked credits times their factor. */
  weight: number;
  /** In the voter's words. */
  reason: string;
}

/** A proposal to the MarketGovernor. Votes count in units of locked credits times their factor. */
export interface Proposal extends Place {
  /** Decimal. */
  id: string;
  proposer: string;
  /** The description's first line. */
  title: string;
  /**
   * As of the newest block. `Ended`: more votes were for it than against; whether the quorum was reached is
   * told by the event that queues it.
   */
  state: "Pending" | "Active" | "Canceled" | "Defeated" | "Ended" | "Queued" | "Executed";
  votes_for: number;
  votes_against: number;
  votes_abstain: number;
  /** Unix seconds. */
  vote_start: number;
  vote_end: number;
  /** When it may be executed, if it is queued. */
  eta: number | null;
  created_time: number;
}

/** A call that the timelock makes if the proposal passes. */
export interface ProposedCall extends Call {
  target: string;
  /** Wei, decimal. */
  value: string;
}

/** A proposal with its text, calls and votes. */
export interface ProposalDetail extends Proposal {
  description: string;
  calls: ProposedCall[];
  /** Newest first, at most 200. */
  votes: Vote[];
}

/** The market's parameters from a block on. */
export interface ParameterChange extends Place {
  /** By name, as the contract has them; money in units. */
  parameters: Record<string, number>;
  /** Names of those that are new. */
  changed: string[];
}

/** Credits that are locked for votes. */
export interface VotingLock extends Place {
  id: number;
  owner: string;
  /** Units. */
  amount: number;
  /** Seconds of notice. */
  period: number;
  votes: number;
  /** When it may be withdrawn, once notice was given. */
  release_at: number | null;
  withdrawn: boolean;
}

/** All of it at the newest block. */
export interface Governance {
  /** In force for new tasks. */
  parameters: Record<string, number>;
  /** Newest first, at most 50. */
  history: ParameterChange[];
  /** Newest first. */
  proposals: Proposal[];
  /** Cursor for older proposals. */
  next: string | null;
  /** The largest 50 that still count. */
  locks: VotingLock[];
  /** Seconds. */
  timelock_delay: number | null;
}
