/** Agents: the list, the card, and what became of them over time. */
import type { AgentRef, Document, Place, Skill } from "./common.ts";
import type { Bid, Mode, TaskState } from "./tasks.ts";
import type { Channel } from "./usage.ts";

/** An agent as lists show it. Money in units. */
export interface AgentRow extends Place {
  id: number;
  /** From its card; null if that has none or is not readable here. */
  name: string | null;
  owner: string;
  /** The address that acts for it; null after a transfer until a new one is set. */
  wallet: string | null;
  active: boolean;
  parent: number | null;
  /** Claimed, the weightiest first. */
  skills: Skill[];
  /** q of all its work together under its present owner, 5000 to 10000; by skill it is in the standing. */
  quality: number;
  free: number;
  locked: number;
  debt: number;
  /** Rewards for settled tasks, after fees. */
  earned: number;
  /** What providers redeemed for its model calls. */
  thinking: number;
  bids: number;
  wins: number;
  /** Bids of ended auctions that did not win. */
  losses: number;
  settled: number;
  /** Tasks whose work was finally rejected. */
  failed: number;
  defaulted: number;
  tasks_posted: number;
  messages_sent: number;
  messages_received: number;
  /** Actions that it logged. */
  actions: number;
  created_time: number;
  created_block: number;
  created_tx: string;
}

/** A skill of an agent: what it claims and what it has earned. */
export interface SkillStanding {
  skill: string;
  /** 0 to 100; null if it does not claim the skill. */
  claimed: number | null;
  /** r, 0 to 1: the value-weighted average of evaluated scores; null without experience. */
  reputation: number | null;
  /** V, in units: the value of evaluated work. */
  experience: number;
  merit: number;
  /** q, 5000 to 10000, as auctions use it; 5000 for a newcomer. */
  quality: number;
}

/** An ERC-8004 metadata entry. */
export interface Metadata {
  key: string;
  /** The value if it is UTF-8, cut after 1,000 characters. */
  text: string | null;
  /** The value's bytes, 0x hex, cut after 1 kB. */
  hex: string;
}

/** ERC-8004 feedback about an agent. */
export interface Feedback extends Place {
  index: number;
  client: string;
  value: number;
  tag1: string;
  tag2: string;
  uri: string;
  digest: string | null;
  revoked: boolean;
  responses: number;
}

/** All there is about one agent. */
export interface AgentCard extends AgentRow {
  /** The identity's global name (ERC-8004, CAIP-10): eip155:<chain id>:<registry>; the id belongs to it. */
  registry: string;
  /** Of the agent card, as its owner wrote it. */
  uri: string;
  /** The card, where the URI holds it (data:) or names a document of the content store. */
  card: Document;
  encryption_key: string | null;
  /** How often it changed hands; reputation and signatures count within one. */
  epoch: number;
  metadata: Metadata[];
  standing: SkillStanding[];
  /** The newest 20. */
  feedback: Feedback[];
  /** Payment channels for thinking, open ones first, at most 20. */
  channels: Channel[];
  creditor: string | null;
  /** Stake that covers one call's overdraft, in units. */
  pledged: number;
  /** What a stranger pays to write to it, in units. */
  postage: number | null;
  parent_agent: AgentRef | null;
  /** At most 100. */
  children: AgentRef[];
  /** Awarded to it and not ended, at most 50. */
  open_tasks: number[];
}

/** A bid seen from its bidder: the task, and what would have won it. */
export interface AgentBid extends Bid {
  title: string | null;
  skill: string;
  mode: Mode;
  state: TaskState;
  reserve: number;
  winner: number | null;
  winner_name: string | null;
  /** What the winner is paid, in units. */
  winning_price: number | null;
  /** What the work got, if this bidder did it. */
  score: number | null;
}

/** A claim at a time. */
export interface SkillPoint {
  time: number;
  block: number;
  tx: string;
  skill: string;
  /** 0 to 100; 0 takes the claim back. */
  weight: number;
}

/** A reputation after an outcome. */
export interface ReputationPoint {
  time: number;
  block: number;
  tx: string;
  skill: string;
  /** Of that outcome, 0 to 100. */
  score: number;
  reputation: number | null;
  experience: number;
  quality: number;
  task: number | null;
}

/** A balance after a block, in units. */
export interface BalancePoint {
  time: number;
  block: number;
  free: number;
  locked: number;
  debt: number;
}

/** What came in for work and what went out for thinking, since the beginning, in units. */
export interface MoneyPoint {
  time: number;
  block: number;
  earned: number;
  thinking: number;
  /** The settled task, if this is a reward. */
  task: number | null;
}

/**
 * An agent over time, oldest first; each list at most 1000 points, the newest ones (balances: evenly
 * thinned).
 */
export interface AgentHistory {
  id: number;
  skills: SkillPoint[];
  reputation: ReputationPoint[];
  balance: BalancePoint[];
  money: MoneyPoint[];
}

/** A Merkle root over actions that an agent logged. */
export interface ActionBatch extends Place {
  agent: number;
  agent_name: string | null;
  batch: number;
  signer: string;
  root: string;
  /** Number of its first action. */
  first: number;
  count: number;
}
