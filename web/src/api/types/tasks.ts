/** Tasks: the list, and all there is about one. */
import type { AgentRef, Document, Place } from "./common.ts";
import type { LedgerEntry } from "./ledger.ts";

export type TaskState =
  | "Open"
  | "Awarded"
  | "Submitted"
  | "Rejected"
  | "Disputed"
  | "Ruled"
  | "Defaulted"
  | "Settled"
  | "Refunded"
  | "Cancelled"
  | "Expired";

export type Mode = "SealedSecondPrice" | "SealedFirstPrice" | "OpenBid" | "Direct" | "Race";

export type Round = "None" | "Convened" | "Unsealed" | "Appeal";

export type Judge = "requester" | "pool" | "account";

export type BidStatus =
  "sealed" | "revealed" | "leading" | "won" | "defaulted" | "lost" | "forfeited" | "void";

/** A task as lists show it. */
export interface TaskRow extends Place {
  id: number;
  /** From its specification; null while the content store does not have it. */
  title: string | null;
  skill: string;
  mode: Mode;
  state: TaskState;
  /** How far a dispute has come. */
  round: Round;
  requester: string;
  /** The address that evaluates: the requester, somebody named, or the EvaluatorPool. */
  evaluator: string;
  evaluated_by: Judge;
  /** 0 to 100. */
  passing_score: number;
  /** The most that it pays, in units; locked until the end. */
  reserve: number;
  /** The awarded agent. */
  agent: number | null;
  agent_name: string | null;
  /** What the awarded agent is owed or was paid before the fee, in units. */
  price: number | null;
  /** The task that this is a part of. */
  parent: number | null;
  /** Digest of the specification. */
  specification: string;
  created_time: number;
  created_block: number;
  created_tx: string;
  bidding_end: number;
  reveal_end: number;
  /** End of the window that the state is in; null where nothing is waited for. */
  deadline: number | null;
  /** Agents that bid or, in a race, entered. */
  commitments: number;
  bids_revealed: number;
  /** 0 to 100. */
  score: number | null;
  /** Settled because the evaluator said nothing. */
  silent: boolean;
  /** When it came to its final state. */
  ended_time: number | null;
}

/** A bid for a task; sealed ones have no price yet. */
export interface Bid extends Place {
  task: number;
  agent: number;
  agent_name: string | null;
  /**
   * `leading`: the lowest so far, the auction not ended; `void`: the auction ended without its being opened;
   * `forfeited`: void, and its bond was burned; `defaulted`: it won and did not deliver in time.
   */
  status: BidStatus;
  /** q when it was committed, 5000 to 10000. */
  quality: number;
  /** What it asks, in units; null while it is sealed. */
  price: number | null;
  /** Seconds from the award in which it promised to deliver. */
  promised: number | null;
  /** price * 10000 / quality, in units: the auction awards to the lowest. */
  effective: number | null;
  /** 1 for the lowest effective price; ties go to the lower commitment. */
  rank: number | null;
  /** What it locked, in units. */
  bond: number;
  /** Whether the bond was burned because it was never opened. */
  forfeited: boolean;
  /** What the task pays this bidder, in units; null if it did not win, or defaulted. */
  price_paid: number | null;
  /**
   * The highest price at which this bid, all others as they were, would have won, in units; null while
   * unknown.
   */
  price_to_win: number | null;
  committed_time: number;
  revealed_time: number | null;
  /** The commitment; null for open bids. */
  digest: string | null;
}

/** An entry in a race. */
export interface RaceEntry extends Place {
  task: number;
  agent: number;
  agent_name: string | null;
  status: "sealed" | "shown" | "passed" | "failed" | "won" | "withdrawn" | "forfeited";
  digest: string;
  /** Digest of the result document, once shown. */
  result: string | null;
  /** 0 to 100. */
  score: number | null;
  /** What it locks still, in units. */
  locked: number;
}

/** One side of the comparison that an award was. */
export interface AwardBid {
  agent: number;
  agent_name: string | null;
  price: number;
  quality: number;
  effective: number;
}

/** Who got the task, at what price, and why. */
export interface Award {
  rule: Mode;
  winner: AgentRef;
  /** Units, as the chain has it. */
  price: number;
  /** The winning bid; null for direct awards and races. */
  best: AwardBid | null;
  /** The bid that set the price or would have been next; null if there was none. */
  second: AwardBid | null;
  reserve: number;
  /** The agent that defaulted, if this was the runner-up's take-over. */
  taken_over_from: AgentRef | null;
  /** The rule applied to these figures, as one or two sentences. */
  why: string;
  time: number;
  tx: string;
}

/** A thing that happened to the task. */
export interface TimelineItem extends Place {
  seq: number;
  /** The event's name. */
  event: string;
  contract: string;
  /** Who sent the transaction; null if it was not kept. */
  sender: string | null;
  /** What happened, in one line. */
  text: string;
}

/** A task and its sub-tasks. */
export interface TaskTree {
  id: number;
  title: string | null;
  state: TaskState;
  agent: number | null;
  reserve: number;
  price: number | null;
  children: TaskTree[];
}

/** A member of a panel. */
export interface PanelSeat {
  seat: number;
  holder: string;
  committed: boolean;
  /** 0 to 100; null while it is not revealed. */
  score: number | null;
  /** Units. */
  paid: number;
  /** Units. */
  slashed: number;
}

/** A panel of the EvaluatorPool that was asked about the task. */
export interface Panel {
  /** Decimal number of the case, as the pool counts. */
  case: string;
  client: string;
  /** In a race, the agent whose entry it is about. */
  entrant: number | null;
  round: number;
  size: number;
  /** What all members together are paid, in units. */
  fee: number;
  drawn: boolean;
  seats: PanelSeat[];
  commit_end: number | null;
  reveal_end: number | null;
  /** Null while it is open; false if there was no quorum. */
  decided: boolean | null;
  score: number | null;
}

/** What was found about the result, and by whom. */
export interface Evaluation {
  by: Judge;
  evaluator: string;
  passing_score: number;
  score: number | null;
  /** The address that gave the score, or "panel". */
  scored_by: string | null;
  passed: boolean | null;
  silent: boolean;
  /** Percent of the slack between promise and deadline that was used. */
  lateness: number;
  disputed: boolean;
  appealed: boolean;
  panels: Panel[];
}

/** What the task waits for. */
export interface NextStep {
  /** In words: "anyone", "the requester", "agent 5", … */
  who: string;
  /** Whose turn it is; null for anyone or several. */
  account: string | null;
  action:
    | "bid"
    | "reveal"
    | "finalize"
    | "expire"
    | "submit"
    | "declareDefault"
    | "takeOver"
    | "closeDefaulted"
    | "evaluate"
    | "release"
    | "dispute"
    | "closeRejected"
    | "unseal"
    | "closeSealed"
    | "vote"
    | "appeal"
    | "closeRuled"
    | "enter"
    | "show"
    | "judge";
  /** One sentence. */
  what: string;
  /** Until when; null if there is no end to it. */
  deadline: number | null;
}

/** All there is about one task. */
export interface TaskDetail extends TaskRow {
  description: string | null;
  /** How the result is judged, from the specification. */
  checker: Record<string, unknown> | null;
  /**
   * Whether a document of this task (specification or a result that was handed in) is not in the content
   * store.
   */
  content_missing: boolean;
  specification_document: Document;
  /** Digest of the result. */
  result: string | null;
  result_document: Document;
  /** Digest of the requester's secret. */
  seal: string;
  /** Seconds. */
  bidding_window: number;
  reveal_window: number;
  delivery_window: number;
  review_window: number;
  fee_bps: number;
  bond_percent: number;
  /** Thousandths of a credit. */
  seat_fee: number;
  /** How much its evaluation counts for a reputation, in basis points. */
  weight: number;
  /** What each bidder locks, in units. */
  bond: number;
  /** The market's share of the price, in units; 0 until it is settled. */
  fee: number;
  /** What went back to the requester, in units. */
  refunded: number;
  promised_at: number | null;
  submitted_time: number | null;
  lateness: number;
  taken_over: boolean;
  /** The first 200 by rank; more at /api/tasks/{id}/bids. */
  bids: Bid[];
  /** Of a race, in order of commitment, at most 200. */
  entries: RaceEntry[];
  award: Award | null;
  /** Oldest first, at most 500; all of it at /api/tasks/{id}/events. */
  timeline: TimelineItem[];
  /** Every movement that belongs to it, oldest first, at most 500; all at /api/ledger?task=. */
  money: LedgerEntry[];
  /** Parent, grandparent, … */
  ancestors: number[];
  /** This task with all below it, at most 500. */
  subtasks: TaskTree;
  evaluation: Evaluation;
  /** Null if nothing more can happen. */
  next_step: NextStep | null;
  /** How many messages name it; at /api/messages?task=. At most 1000 are counted. */
  messages: number;
}
