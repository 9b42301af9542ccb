/** What all answers share. */

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Give it back as `cursor` for what follows; null on the last page. */
  next: string | null;
}

/** Where on the chain something last changed. */
export interface Place {
  block: number;
  /** Unix seconds of chain time. */
  time: number;
  /** Hash of the transaction. */
  tx: string;
  /** Number of the event in its block. */
  log: number;
}

/** An agent, as others name it. */
export interface AgentRef {
  id: number;
  /** As its card has it, in its owner's words; null if the card has none or is not readable here. */
  name: string | null;
  active: boolean;
}

/** A skill that an agent claims. */
export interface Skill {
  skill: string;
  /** 0 to 100, as it claims itself. */
  weight: number;
}

/** A document off chain, by the digest that the chain holds. */
export interface Document {
  /** sha-256; null if the chain names no document. */
  digest: string | null;
  /**
   * Whether the content store of this explorer does not have it (or has other bytes than the digest says).
   */
  missing: boolean;
  /** Bytes. */
  size: number | null;
  /**
   * The document as text, cut after 64 kB; null if missing or not UTF-8. The whole is at /content/{digest}.
   */
  text: string | null;
  /** Whether `text` was cut. */
  truncated: boolean;
  /** The document as JSON where it is JSON of at most 64 kB; null otherwise. */
  value: unknown;
}
