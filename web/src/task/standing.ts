import { FULL_QUALITY } from "../lib/quality.ts";

/** How bids stand to each other, by the auction's own arithmetic. */

/** A bid that was opened. */
export interface OpenBid {
  agent: number;
  /** Units. */
  price: number;
  /** 5,000 to 10,000. */
  quality: number;
}

/** Whether a bid's price is known. */
export function isOpen<Bid extends { price: number | null }>(bid: Bid): bid is Bid & { price: number } {
  return bid.price !== null;
}

/** What a bid's price comes to at full quality, in units; the auction takes the lowest. */
export function effective(bid: OpenBid): number {
  return (bid.price * FULL_QUALITY) / bid.quality;
}

/** The price at which a bidder of this quality is as good as the given bid, in units. */
export function matching(bid: OpenBid, quality: number): number {
  return (bid.price * quality) / bid.quality;
}

/** The best bid beside that of `winner`; null where there is none. */
export function runnerUp<Bid extends OpenBid>(bids: readonly Bid[], winner: number): Bid | null {
  let best: Bid | null = null;
  for (const bid of bids) {
    if (bid.agent !== winner && (best === null || effective(bid) < effective(best))) best = bid;
  }
  return best;
}
