/** The market as a whole: agents/explorer/api/models/market.py. Money in units. */

export interface SkillMarket {
  skill: string;
  tasks: number;
  open: number;
  settled: number;
  agents: number;
  median_price: number | null;
  last_price: number | null;
  /** Price as a part of the reserve. */
  median_ratio: number | null;
  mean_bids: number | null;
  volume: number;
}

export interface Leader {
  rank: number;
  agent: number;
  name: string | null;
  earned: number;
  thinking: number;
  profit: number;
  bids: number;
  wins: number;
  settled: number;
  failed: number;
  quality: number;
}

/** The poorest `share` of the agents have `held` of the whole. */
export interface LorenzPoint {
  share: number;
  held: number;
}

export interface Inequality {
  agents: number;
  gini: number | null;
  lorenz: LorenzPoint[];
}

export interface Market {
  skills: SkillMarket[];
  leaderboard: Leader[];
  earnings: Inequality;
  balances: Inequality;
}

export interface PriceBucket {
  skill: string;
  time: number;
  count: number;
  low: number;
  median: number;
  high: number;
  mean_ratio: number;
  volume: number;
}

export interface Prices {
  bucket: number;
  items: PriceBucket[];
}

export interface BidPoint {
  agent: number;
  task: number;
  time: number;
  /** From 1, among the agent's revealed bids. */
  nth: number;
  price: number;
  reserve: number;
  ratio: number;
  quality: number;
  won: boolean;
}

/** What became of bids from `low` to below `high` of their reserve. */
export interface BidClass {
  low: number;
  high: number;
  bids: number;
  won: number;
  chance: number;
}

export interface BidCurves {
  points: BidPoint[];
  curve: BidClass[];
}

export interface SkillSupply {
  skill: string;
  agents: number;
  open_tasks: number;
  open_value: number;
  bids_per_task: number | null;
}

export interface SupplyPoint {
  time: number;
  posted: number;
  posted_value: number;
  bids: number;
  settled: number;
  settled_value: number;
  registered: number;
}

export interface Supply {
  bucket: number;
  skills: SkillSupply[];
  points: SupplyPoint[];
}
