/** Ledger entries and accounts. */
import type { Place } from "./common.ts";

export type Part = "free" | "locked" | "outside" | "minted" | "gift" | "burn" | "destroyed" | "debt";

export type Reason =
  | "deposit"
  | "withdrawal"
  | "transfer"
  | "escrow"
  | "bond"
  | "reward"
  | "fee"
  | "refund"
  | "compensation"
  | "thinking"
  | "pledge"
  | "stake"
  | "postage"
  | "panel"
  | "debt"
  | "burn"
  | "mint"
  | "vote-lock"
  | "other";

/**
 * One movement of credits, once: it lowers one side by the amount and raises the other by it. Locking moves
 * between the parts of one account. A deposit comes from outside (tokens), a withdrawal goes there; a burn
 * waits in `burn` until the tokens are `destroyed`; `debt` is no money. What stands beside each account is
 * what it had after the movement: a statement of one account needs nothing else.
 */
export interface LedgerEntry extends Place {
  seq: number;
  /** The event: Deposited, Withdrawn, Transferred, Locked, Unlocked, Paid, Held, Burned, DebtRecorded, … */
  kind: string;
  reason: Reason;
  account_from: string | null;
  account_to: string | null;
  part_from: Part | null;
  part_to: Part | null;
  /** Units, positive. */
  amount: number;
  /** Whose debt is recorded, paid or forgiven. */
  debtor: string | null;
  /** Units; what `account_from` had free afterwards. */
  from_free: number | null;
  from_locked: number | null;
  from_debt: number | null;
  to_free: number | null;
  to_locked: number | null;
  to_debt: number | null;
  task: number | null;
  agent: number | null;
}

/** An account of the Ledger. */
export interface AccountRow extends Place {
  account: string;
  /** The agent whose account it is. */
  agent: number | null;
  agent_name: string | null;
  /** The market's contract whose account it is, by name. */
  contract: string | null;
  free: number;
  locked: number;
  /** free + locked, in units. */
  total: number;
  /** What it owes; no part of the total. */
  debt: number;
  creditor: string | null;
  /** Deposited less withdrawn, in units; may be negative. */
  contributed: number;
  /** How many movements touched it. */
  entries: number;
}

/** What moved for one reason. */
export interface ReasonTotal {
  reason: Reason;
  /** Units that came to the account (of the whole ledger: that moved). */
  received: number;
  /** Units that left it. */
  paid: number;
  count: number;
}

/** One account and what went through it. */
export interface AccountDetail extends AccountRow {
  reasons: ReasonTotal[];
  /** Accounts that owe it, the largest debt first, at most 50. */
  debtors: AccountRow[];
}

/** The whole ledger in figures, in units. */
export interface LedgerOverview {
  accounts: number;
  free: number;
  locked: number;
  /** Burned in the Ledger, the tokens not destroyed yet. */
  pending_burn: number;
  /** Tokens that the Ledger holds: free + locked + pending burn, and plain gifts. */
  held: number;
  minted: number;
  destroyed: number;
  /** Tokens in nobody's Ledger account. */
  outside: number;
  debts: number;
  /** Agents in debt. */
  indebted: number;
  treasury: AccountRow | null;
  /** The ten that hold the most. */
  largest: AccountRow[];
  reasons: ReasonTotal[];
}
