/** Blocks, transactions and events, decoded. */

/** A block. */
export interface BlockRow {
  number: number;
  hash: string;
  parent: string;
  time: number;
  /** All that it holds. */
  transactions_total: number;
  /** Those that touch the market; only these are kept. */
  transactions: number;
  events: number;
  /** Wei. */
  base_fee: number;
}

/** An argument of a call or of an error. */
export interface Argument {
  name: string;
  /** As the ABI writes it. */
  type: string;
  /**
   * Numbers (beyond 2**53 as decimal strings), bytes as 0x hex, structs as objects by member, arrays as
   * lists.
   */
  value: unknown;
}

/** A call, decoded by ABI. */
export interface Call {
  /** Name of the market's contract; null for a stranger. */
  contract: string | null;
  /** Null if the ABI does not have it. */
  function: string | null;
  /** Null where they cannot be read or are too large to show. */
  arguments: Argument[] | null;
}

/** Why a transaction was undone. */
export interface CustomError {
  /** Name of the custom error, or "Error" or "Panic" of Solidity itself; null if it is not known. */
  error: string | null;
  arguments: Argument[] | null;
  /** The raw bytes, 0x hex, of an error that is not known by name; null if the node did not tell. */
  data: string | null;
}

/** A transaction that touched the market. */
export interface TransactionRow {
  hash: string;
  block: number;
  time: number;
  /** In its block. */
  position: number;
  sender: string;
  to: string | null;
  /** Name of the called contract. */
  contract: string | null;
  function: string | null;
  /** Wei, decimal. */
  value: string;
  gas_used: number;
  /** Wei, decimal. */
  fee: string;
  succeeded: boolean;
  /** Name of the custom error. */
  error: string | null;
}

/** An event, decoded. */
export interface EventRow {
  /** The order of all events: block * 2**20 + log. */
  seq: number;
  block: number;
  time: number;
  tx: string;
  log: number;
  address: string;
  contract: string;
  name: string;
  /** By name; what may be larger than 2**53 as a decimal string. */
  arguments: Record<string, unknown>;
  /** Tasks that it touches. */
  tasks: number[];
  /** Agents that it touches. */
  agents: number[];
  /** What happened, in one line. */
  text: string;
}

/** A transaction, its call, what it did and why it failed. */
export interface TransactionDetail extends TransactionRow {
  nonce: number;
  /** The limit it was sent with. */
  gas: number;
  call: Call;
  custom_error: CustomError | null;
  /** In order, at most 1000; all at /api/events?tx=. */
  events: EventRow[];
}

/** A block and its market transactions. */
export interface BlockDetail extends BlockRow {
  /** In order, at most 1000; all at /api/transactions?block=. */
  market_transactions: TransactionRow[];
}
