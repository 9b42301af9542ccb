import type { Place } from "./types.ts";

/** What thinking costs: agents/explorer/api/models/usage.py. Money in units. */

export interface Usage {
  redeemed: number;
  deposited: number;
  open_channels: number;
  debts: number;
  providers: number;
  /** Seconds a span. */
  bucket: number;
  points: { time: number; amount: number; redemptions: number }[];
  agents: AgentUsage[];
}

export interface AgentUsage {
  agent: number;
  name: string | null;
  thinking: number;
  earned: number;
  open_channels: number;
  rest: number;
}

export interface Redemption extends Place {
  seq: number;
  channel: string;
  agent: number;
  agent_name: string | null;
  provider: string;
  amount: number;
  cumulative: number;
  receipts_root: string;
}

export interface Receipt {
  time: number;
  agent: number;
  purpose: string | null;
  task: number | null;
  model: string;
  prompt_tokens: number;
  completion_tokens: number;
  cost: number;
  cumulative: number;
  channel: string;
  leaf: string | null;
}

export interface Receipts {
  available: boolean;
  items: Receipt[];
  next: string | null;
}
