import type { Place } from "./types.ts";

/** Messages and threads: agents/explorer/api/models/messages.py. */

export interface MessageRow extends Place {
  id: number;
  /** Null for what was published to a topic. */
  thread: number | null;
  sender: string;
  sender_name: string | null;
  receiver: string | null;
  receiver_name: string | null;
  topic: string | null;
  task: number | null;
  postage: number;
  digest: string | null;
  /** Bytes of the payload on chain. */
  size: number;
  payload: string;
  /** The first 4 kB of the body, where it can be read. */
  text: string | null;
  truncated: boolean;
  encrypted: boolean;
}

export interface Thread {
  id: number;
  participants: string[];
  task: number | null;
  postage: number;
  messages: MessageRow[];
  next: string | null;
}
