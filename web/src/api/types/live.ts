/** What the stream of events carries. */

/** A new block that the explorer has read. */
export interface BlockNote {
  number: number;
  hash: string;
  time: number;
  transactions: number;
  events: number;
}

/** An event, as it was read. */
export interface MarketEvent {
  /** The order of all events. */
  seq: number;
  block: number;
  time: number;
  tx: string;
  contract: string;
  name: string;
  arguments: Record<string, unknown>;
  /** Tasks that it touches. */
  tasks: number[];
  /** Agents that it touches. */
  agents: number[];
  /** What happened, in one line. */
  text: string;
}
