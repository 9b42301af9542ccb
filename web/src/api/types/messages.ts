/** Messages and threads. */
import type { Place } from "./common.ts";

/** A message of the MessageHub. */
export interface MessageRow extends Place {
  id: number;
  /** The thread; null for a message that was published to a topic. */
  thread: number | null;
  sender: string;
  sender_name: string | null;
  /** Null for a topic. */
  recipient: string | null;
  recipient_name: string | null;
  /** As text if the 32 bytes are text, else 0x hex; null for a letter. */
  topic: string | null;
  task: number | null;
  /** Paid to the recipient, in units. */
  postage: number;
  /** sha-256 of the body, which is off chain or is the payload. */
  digest: string | null;
  /** Bytes of the payload on chain. */
  size: number;
  /** 0x hex, cut after 1 kB. */
  payload: string;
  /** The body if it is readable: the payload or the document with the digest, as UTF-8, cut after 4 kB. */
  text: string | null;
  truncated: boolean;
  /** Whether only the recipient can read it. */
  encrypted: boolean;
}

/** A conversation, as lists show it. */
export interface ThreadRow extends Place {
  id: number;
  opener: string;
  opener_name: string | null;
  other: string;
  other_name: string | null;
  task: number | null;
  /** Messages in it. */
  count: number;
  /** All that was paid in it, in units. */
  postage: number;
  /** Id of the newest. */
  last_message: number;
  created_time: number;
}

/** A conversation. */
export interface Thread extends ThreadRow {
  /** Oldest first. */
  messages: MessageRow[];
  /** Cursor for the messages that follow. */
  next: string | null;
}
