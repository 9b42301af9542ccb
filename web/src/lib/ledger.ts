/** What the ledger's own names say to people. */
import type { Part, Reason } from "../api/types/ledger.ts";
import { words } from "./format.ts";

const PARTS: Record<Part, string> = {
  free: "free",
  locked: "locked",
  outside: "outside",
  minted: "newly minted",
  gift: "given to the ledger",
  burn: "burned",
  destroyed: "destroyed",
  debt: "debt",
};

/** A part of an account, or where credits are that are in none. */
export function partWords(part: Part): string {
  return PARTS[part];
}

// A record, so that the compiler misses none.
const NAMES: Record<Reason, true> = {
  deposit: true,
  withdrawal: true,
  transfer: true,
  escrow: true,
  bond: true,
  reward: true,
  fee: true,
  refund: true,
  compensation: true,
  thinking: true,
  pledge: true,
  stake: true,
  postage: true,
  panel: true,
  debt: true,
  burn: true,
  mint: true,
  "vote-lock": true,
  other: true,
};

/** Why credits moved. What goes into a channel and comes back is not what thinking cost, so it is not called that. */
export function reasonWords(reason: Reason): string {
  return reason === "thinking" ? "Thinking channel" : words(reason);
}

/** All reasons, each with its words. */
export const REASONS = (Object.keys(NAMES) as Reason[]).map(
  (reason) => [reason, reasonWords(reason)] as const,
);
