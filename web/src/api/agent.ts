import type { AgentRef, Bid, Document, TaskMode } from "./task.ts";
import type { Place } from "./types.ts";

/** All there is about one agent: AgentCard and AgentHistory of agents/explorer/api/models/agents.py. */

export interface SkillStanding {
  skill: string;
  /** 0 to 100; null where the agent does not claim it. */
  claimed: number | null;
  reputation: number | null;
  /** Units. */
  experience: number;
  merit: number;
  /** 5,000 to 10,000. */
  quality: number;
}

export interface Metadata {
  key: string;
  text: string | null;
  hex: string;
}

export interface Opinion extends Place {
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

export interface Channel extends Place {
  id: string;
  agent: number;
  agent_name: string | null;
  signer: string;
  provider: string;
  epoch: number;
  deposit: number;
  redeemed: number;
  rest: number;
  root: string | null;
  exit_end: number | null;
  open: boolean;
  created_time: number;
}

export interface AgentCard extends Place {
  id: number;
  name: string | null;
  owner: string;
  wallet: string | null;
  active: boolean;
  parent: number | null;
  skills: { skill: string; weight: number }[];
  quality: number;
  free: number;
  locked: number;
  debt: number;
  earned: number;
  thinking: number;
  bids: number;
  wins: number;
  losses: number;
  settled: number;
  failed: number;
  defaulted: number;
  tasks_posted: number;
  created_time: number;
  created_block: number;
  created_tx: string;
  registry: string;
  uri: string;
  card: Document;
  encryption_key: string | null;
  epoch: number;
  metadata: Metadata[];
  standing: SkillStanding[];
  feedback: Opinion[];
  channels: Channel[];
  creditor: string | null;
  pledged: number;
  postage: number | null;
  parent_agent: AgentRef | null;
  children: AgentRef[];
  open_tasks: number[];
}

export interface AgentBid extends Bid {
  title: string | null;
  skill: string;
  mode: TaskMode;
  state: string;
  reserve: number;
  winner: number | null;
  winner_name: string | null;
  winning_price: number | null;
  score: number | null;
}

export interface SkillPoint {
  time: number;
  block: number;
  tx: string;
  skill: string;
  weight: number;
}

export interface ReputationPoint {
  time: number;
  block: number;
  tx: string;
  skill: string;
  score: number;
  reputation: number | null;
  experience: number;
  quality: number;
  task: number | null;
}

export interface BalancePoint {
  time: number;
  block: number;
  free: number;
  locked: number;
  debt: number;
}

export interface MoneyPoint {
  time: number;
  block: number;
  earned: number;
  thinking: number;
  task: number | null;
}

export interface AgentHistory {
  id: number;
  skills: SkillPoint[];
  reputation: ReputationPoint[];
  balance: BalancePoint[];
  money: MoneyPoint[];
}

export interface ActionBatch extends Place {
  agent: number;
  agent_name: string | null;
  batch: number;
  signer: string;
  root: string;
  first: number;
  count: number;
}
