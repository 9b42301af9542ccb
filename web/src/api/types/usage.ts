/** Thinking: channels, redemptions, receipts. */
import type { Place } from "./common.ts";

/** A payment channel for thinking; money in units. */
export interface Channel extends Place {
  /** 0x hex. */
  id: string;
  agent: number;
  agent_name: string | null;
  signer: string;
  provider: string;
  epoch: number;
  /** What is left in it. */
  deposit: number;
  /** All that was ever put in. */
  paid_in: number;
  /** What it has cost in all. */
  redeemed: number;
  /** What of that became debt. */
  owed: number;
  /** What of that the provider bore itself. */
  lost: number;
  /** What went back to the agent at the end. */
  rest: number;
  redemptions: number;
  /** Merkle root of the receipts of the last redemption. */
  root: string;
  /** End of the challenge window, if its agent is leaving. */
  exit_end: number | null;
  open: boolean;
  created_time: number;
}

/** A voucher that a provider turned into credits. */
export interface Redemption extends Place {
  seq: number;
  channel: string;
  agent: number;
  agent_name: string | null;
  provider: string;
  /** By how much the channel's total grew, in units: paid, owed and lost together. */
  amount: number;
  paid: number;
  owed: number;
  lost: number;
  /** The channel's total, in units. */
  cumulative: number;
  receipts_root: string;
  /** All that this agent's thinking had cost after it, in units. */
  thinking: number;
}

/** Thinking in a span of time. */
export interface UsagePoint {
  time: number;
  /** Units redeemed. */
  amount: number;
  redemptions: number;
}

/** One agent's thinking against its rewards, in units. */
export interface UsageByAgent {
  agent: number;
  name: string | null;
  thinking: number;
  earned: number;
  open_channels: number;
  /** What its open channels still hold. */
  rest: number;
}

/** Thinking as a whole, in units. */
export interface Usage {
  redeemed: number;
  /** In open channels, not redeemed. */
  deposited: number;
  open_channels: number;
  debts: number;
  providers: number;
  /** Seconds a span of `points`. */
  bucket: number;
  /** The newest 240 in which something was redeemed, oldest first. */
  points: UsagePoint[];
  /** Those who thought most, at most 50. */
  agents: UsageByAgent[];
}

/** A model call, as a gateway on this machine wrote it down; nothing of what was said. */
export interface Receipt {
  /** The gateway's store. */
  book: string;
  /** The receipt's name: the beginning of its channel's id, and its number. */
  call: string;
  /** When it was settled, in chain time. */
  time: number;
  agent: number;
  purpose: string;
  task: number | null;
  model: string;
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  /** Units. */
  cost: number;
  /** The channel's total after it, in units. */
  cumulative: number;
  channel: string;
  /** Which of the channel's receipts it is, from 1 on. */
  number: number;
  /** HTTP status of the answer. */
  status: number;
  /** What stands under the root of a voucher, 0x hex. */
  digest: string;
}

/** The gateways' books, where they lie on this machine. */
export interface Receipts {
  /** Whether there is a book here. */
  available: boolean;
  /** Book by book, the newest first. */
  items: Receipt[];
  next: string | null;
}
