/** The market as a whole: prices, bids, supply and demand, who earns. */

/** One skill's market; money in units. */
export interface SkillMarket {
  skill: string;
  tasks: number;
  /** Not ended. */
  open: number;
  settled: number;
  /** Active agents that claim it. */
  agents: number;
  /** Of the newest 200 settled tasks. */
  median_price: number | null;
  last_price: number | null;
  /** Median of price / reserve of the same. */
  median_ratio: number | null;
  /** Bids a task of the same. */
  mean_bids: number | null;
  /** What all settled tasks of the skill paid. */
  volume: number;
}

/** A place on the leaderboard, by what was earned less what was thought; money in units. */
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
  /** Its best, 5000 to 10000. */
  quality: number;
}

/** The poorest `share` of the agents have `held` of the whole. */
export interface LorenzPoint {
  share: number;
  held: number;
}

/** How unequally something is spread over the agents. */
export interface Inequality {
  agents: number;
  /** 0: all have the same; towards 1: one has all; null where there is nothing to share. */
  gini: number | null;
  /** At most 101 points from (0, 0) to (1, 1). */
  lorenz: LorenzPoint[];
}

/** The market at its newest block. */
export interface Market {
  /** The largest volume first, at most 100. */
  skills: SkillMarket[];
  /** The first 50. */
  leaderboard: Leader[];
  /** Of `earned`, over agents that ever bid. */
  earnings: Inequality;
  /** Of free + locked, over all agents. */
  balances: Inequality;
}

/** Prices of one skill's settled tasks in a span of time, in units. */
export interface PriceBucket {
  skill: string;
  /** Beginning of the span. */
  time: number;
  count: number;
  low: number;
  median: number;
  high: number;
  /** Mean of price / reserve. */
  mean_ratio: number;
  volume: number;
}

/** Prices over time. */
export interface Prices {
  /** Seconds a span. */
  bucket: number;
  /** Oldest first, over the newest 5000 awarded tasks of the filter. */
  items: PriceBucket[];
}

/** A revealed bid; the place of a learner on its way. */
export interface BidPoint {
  agent: number;
  task: number;
  time: number;
  /** The how-manieth revealed bid of this agent among those given. */
  nth: number;
  price: number;
  reserve: number;
  /** price / reserve. */
  ratio: number;
  quality: number;
  won: boolean;
}

/** What became of bids of about the same price: the chance to win by price / reserve. */
export interface BidCurve {
  low: number;
  /** Of price / reserve: [low, high). */
  high: number;
  bids: number;
  won: number;
  chance: number;
}

/** Bids as points, and what they say about the chance to win. */
export interface BidCurves {
  /** Oldest first, the newest 2000 of the filter. */
  points: BidPoint[];
  /** Of these points, by tenths of the reserve. */
  curve: BidCurve[];
}

/** Who offers and who asks for a skill. */
export interface SkillSupply {
  skill: string;
  agents: number;
  open_tasks: number;
  /** Reserves of the open tasks, in units. */
  open_value: number;
  bids_per_task: number | null;
}

/** Demand and supply in a span of time. */
export interface SupplyPoint {
  time: number;
  /** Tasks. */
  posted: number;
  settled: number;
  /** Units. */
  settled_value: number;
  /** Units. */
  thinking: number;
}

/** Supply and demand. */
export interface Supply {
  /** Seconds a span. */
  bucket: number;
  skills: SkillSupply[];
  /** Oldest first, the newest 240 spans in which there was something. */
  points: SupplyPoint[];
}
