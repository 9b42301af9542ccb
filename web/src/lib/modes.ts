import type { Mode } from "../api/types.ts";

export type WindowName = "bidding" | "reveal" | "delivery" | "review";

interface Way {
  name: string;
  /** In a word or two, for tables. */
  short: string;
  /** Who gets the task, and at what price. */
  rule: string;
  /** The windows that such a task has, each with its name and what the time is for. */
  windows: Partial<Record<WindowName, readonly [name: string, use: string]>>;
}

const DELIVERED = {
  delivery: ["Delivery", "to deliver, from the award"],
  review: ["Review", "to score, and for each answer to it: a dispute, an appeal"],
} as const;
const BIDDING = ["Bidding", "to bid, from now"] as const;
const SEALED = {
  bidding: BIDDING,
  reveal: ["Opening", "to open sealed bids, after that"],
  ...DELIVERED,
} as const;

/** How a task is awarded, in the order of the contract's numbers. */
export const MODES: Readonly<Record<Mode, Way>> = {
  SealedSecondPrice: {
    name: "Sealed bids, second price",
    short: "2nd price",
    rule: "Sealed bids; the best one wins and is paid the price at which it would just have won.",
    windows: SEALED,
  },
  SealedFirstPrice: {
    name: "Sealed bids, first price",
    short: "1st price",
    rule: "Sealed bids; the best one wins and is paid what it asked.",
    windows: SEALED,
  },
  OpenBid: {
    name: "Open bids",
    short: "open",
    rule: "Bids are seen at once and undercut each other; the best one is paid what it asked.",
    windows: { bidding: BIDDING, ...DELIVERED },
  },
  Direct: {
    name: "Direct award",
    short: "direct",
    rule: "No auction: the requester accepts the offer that one agent signed, at the price that it names.",
    windows: { bidding: ["Offers", "to accept an offer, from now"], ...DELIVERED },
  },
  Race: {
    name: "Race",
    short: "race",
    rule: "Many do the work; results are judged in the order of their entry, and the first that passes is paid all of the reserve.",
    windows: {
      bidding: ["Work", "to do the work and enter it, from now"],
      reveal: ["Showing", "to show what was entered, after that"],
      review: ["Judging", "to judge each result, and to show the secret before that"],
    },
  },
};

/** The modes, each at the place of its number. */
export const MODE_NAMES = Object.keys(MODES) as Mode[];

/** The windows of a mode, in their order. */
export function windowsIn(mode: Mode): readonly WindowName[] {
  return Object.keys(MODES[mode].windows) as WindowName[];
}
