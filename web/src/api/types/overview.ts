/** The state of the index and of the market at a glance. */
import type { TaskState } from "./tasks.ts";

/** The newest block in the index. */
export interface Head {
  number: number;
  hash: string;
  time: number;
}

/** The parameters that a new task is posted under. */
export interface Terms {
  fee_bps: number;
  bond_percent: number;
  /** Units; also the smallest reserve. */
  min_bond: number;
  /** Thousandths of a credit. */
  seat_fee: number;
  panel_size: number;
  appeal_size: number;
  max_postage: number | null;
}

/** What this explorer knows, and how far it is behind. */
export interface Status {
  chain_id: number;
  /** Whether it is a development chain, where nothing has a value. */
  dev: boolean;
  genesis_hash: string;
  /** Null before the first block is indexed. */
  head: Head | null;
  /** The node's newest block, as last heard. */
  chain_head: number | null;
  /** Blocks that the index lacks, as far as is known. */
  behind: number;
  node: "up" | "down";
  /** Unix seconds of the wall clock since when it is up or down. */
  node_since: number;
  /** Grows with each reorganisation of the chain. */
  epoch: number;
  reorgs: number;
  /** Addresses by name. */
  contracts: Record<string, string>;
  /** Null before the block is indexed that set them. */
  terms: Terms | null;
  /** Whether POST /rpc is served. */
  rpc: boolean;
  /** Whether the page may sign with the public development key. */
  dev_key: boolean;
  database: "up" | "down";
  /** What is wrong now, as a person reads it. */
  trouble: string | null;
  version: string;
}

/** Tasks. */
export interface TaskTotals {
  total: number;
  /** All states, zeros too. */
  by_state: Record<TaskState, number>;
}

/** Agents. */
export interface AgentTotals {
  total: number;
  active: number;
  indebted: number;
}

/** Where all credits are, in units. */
export interface Credits {
  minted: number;
  destroyed: number;
  pending_burn: number;
  /** In wallets, not in the Ledger. */
  outside: number;
  free: number;
  locked: number;
}

/** What moved since the beginning, in units. */
export interface Flows {
  escrow: number;
  rewards: number;
  refunds: number;
  fees: number;
  bonds: number;
  burned: number;
  thinking: number;
  compensation: number;
  stakes: number;
  postage: number;
}

/** An edge of the credits' flow. */
export interface Flow {
  source: string;
  target: string;
  /** Units. */
  value: number;
}

/** A span of chain time. */
export interface ThroughputPoint {
  /** Its beginning. */
  time: number;
  transactions: number;
  events: number;
  /** Tasks. */
  settled: number;
  /** What they paid, in units. */
  value: number;
}

/** Whether all credits added up at every block that was indexed. */
export interface Conservation {
  holds: boolean;
  /** The newest one that was checked. */
  block: number | null;
  /** Blocks that were checked. */
  checked: number;
  /** The first difference. */
  violation: string | null;
}

/** The market at its newest block. */
export interface Overview {
  head: Head | null;
  tasks: TaskTotals;
  agents: AgentTotals;
  credits: Credits;
  flows: Flows;
  /** Positive edges only; no cycles. */
  sankey: Flow[];
  /** Seconds a span of `throughput`. */
  bucket: number;
  /** Oldest first, the newest 60 spans; spans without anything are there with zeros. */
  throughput: ThroughputPoint[];
  conservation: Conservation;
}

/** What a full audit against the contracts found. Money in units. */
export interface AuditReport {
  conserved: boolean;
  first_block: number;
  last_block: number;
  blocks_checked: number;
  accounts: number;
  tasks: number;
  minted: number;
  held: number;
  burned: number;
  /** What did not add up, at most 100. */
  differences: string[];
  /** Unix seconds of the wall clock. */
  finished: number;
}

/** The last full audit, and whether another runs. */
export interface Audit {
  /** Whether one is at work now. */
  running: boolean;
  report: AuditReport | null;
  /** Why the last one could not be finished. */
  failure: string | null;
}
