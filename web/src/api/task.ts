import type { Place } from "./types.ts";

/** All there is about one task: TaskDetail of agents/explorer/api/models/tasks.py. */

export type TaskMode = "SealedSecondPrice" | "SealedFirstPrice" | "OpenBid" | "Direct" | "Race";

export type BidStatus =
  "sealed" | "revealed" | "won" | "lost" | "runner-up" | "took-over" | "defaulted" | "forfeited" | "void";

export interface AgentRef {
  id: number;
  name: string | null;
  active: boolean;
}

/** A document off chain; `text` is at most its first 64 kB. */
export interface Document {
  digest: string | null;
  missing: boolean;
  size: number | null;
  text: string | null;
  truncated: boolean;
  value: unknown;
}

export interface Bid extends Place {
  task: number;
  agent: number;
  agent_name: string | null;
  status: BidStatus;
  /** 5,000 to 10,000. */
  quality: number;
  /** Null while it is sealed. */
  price: number | null;
  /** Seconds from the award. */
  promised: number | null;
  /** Price × 10,000 / quality. */
  effective: number | null;
  rank: number | null;
  bond: number;
  forfeited: number;
  price_paid: number | null;
  price_to_win: number | null;
  committed_time: number;
  revealed_time: number | null;
  digest: string | null;
}

export interface RaceEntry extends Place {
  task: number;
  agent: number;
  agent_name: string | null;
  status: "committed" | "shown" | "judged" | "won" | "withdrawn" | "forfeited";
  digest: string;
  result: string | null;
  score: number | null;
  bond: number;
  forfeited: number;
}

export interface AwardBid {
  agent: number;
  agent_name: string | null;
  price: number;
  quality: number;
  effective: number;
}

export interface Award {
  rule: TaskMode;
  winner: AgentRef;
  price: number;
  best: AwardBid | null;
  second: AwardBid | null;
  reserve: number;
  taken_over_from: AgentRef | null;
  why: string;
  time: number;
  tx: string;
}

export interface TimelineItem extends Place {
  seq: number;
  event: string;
  contract: string;
  sender: string | null;
  text: string;
}

export interface TaskTree {
  id: number;
  title: string | null;
  state: string;
  agent: number | null;
  reserve: number;
  price: number | null;
  children: TaskTree[];
}

export interface PanelSeat {
  seat: number;
  holder: string;
  committed: boolean;
  score: number | null;
  paid: number;
  slashed: number;
}

export interface Panel {
  case: string;
  client: string;
  round: number;
  size: number;
  fee: number;
  drawn: boolean;
  seats: PanelSeat[];
  commit_end: number | null;
  reveal_end: number | null;
  decided: boolean | null;
  score: number | null;
}

export interface Evaluation {
  by: "requester" | "pool" | "account";
  evaluator: string;
  passing_score: number;
  score: number | null;
  scored_by: string | null;
  passed: boolean | null;
  silent: boolean;
  /** Per cent of the slack between promise and deadline. */
  lateness: number;
  disputed: boolean;
  appealed: boolean;
  panels: Panel[];
}

export interface NextStep {
  who: string;
  account: string | null;
  action: string;
  what: string;
  deadline: number | null;
}

/** One movement of credits: it lowers one side by the amount and raises the other by it. */
export interface Movement extends Place {
  seq: number;
  kind: string;
  reason: string;
  account_from: string | null;
  account_to: string | null;
  part_from: string | null;
  part_to: string | null;
  amount: number;
  task: number | null;
  agent: number | null;
}

export interface TaskDetail extends Place {
  id: number;
  title: string | null;
  skill: string;
  mode: TaskMode;
  state: string;
  round: string;
  requester: string;
  evaluator: string;
  evaluated_by: Evaluation["by"];
  passing_score: number;
  reserve: number;
  agent: number | null;
  agent_name: string | null;
  price: number | null;
  parent: number | null;
  specification: string;
  created_time: number;
  created_block: number;
  created_tx: string;
  bidding_end: number;
  reveal_end: number;
  deadline: number | null;
  commitments: number;
  bids_revealed: number;
  score: number | null;
  silent: boolean;
  ended_time: number | null;
  description: string | null;
  checker: { kind: string; rubric?: string[]; commitment?: string } | null;
  content_missing: boolean;
  specification_document: Document;
  result: string | null;
  result_document: Document;
  seal: string;
  bidding_window: number;
  reveal_window: number;
  delivery_window: number;
  review_window: number;
  fee_bps: number;
  bond_percent: number;
  /** Thousandths of a credit. */
  seat_fee: number;
  weight: number;
  bond: number;
  fee: number;
  refunded: number;
  promised_at: number | null;
  submitted_time: number | null;
  lateness: number;
  taken_over: boolean;
  bids: Bid[];
  entries: RaceEntry[];
  award: Award | null;
  timeline: TimelineItem[];
  money: Movement[];
  ancestors: number[];
  subtasks: TaskTree;
  evaluation: Evaluation;
  next_step: NextStep | null;
  messages: number;
}
