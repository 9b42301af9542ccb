// What a task locks, costs and gives back, as contracts/libraries/MarketMath.sol counts it. Money in units.

import type { Draft } from "./draft.ts";

export const CREDIT = 1_000_000n;
export const MIN_RESERVE = 100_000n;
export const MAX_RESERVE = 2n ** 48n - 1n;
export const PANEL_SIZE = 3n;
export const APPEAL_SIZE = 7n;
const MIN_BOND = 100_000n;
const SEAT_FEE_UNIT = 1_000n;

/** What the market's parameters say; a task keeps those of its creation. */
export interface Terms {
  feeBps: bigint;
  bondPercent: bigint;
  /** Of one seat of a panel, in thousandths of a credit. */
  seatFee: bigint;
  /** Seconds. */
  minWindow: number;
  maxWindow: number;
}

const percentUp = (amount: bigint, percent: bigint): bigint => (amount * percent + 99n) / 100n;

/** The market's share of a price, rounded down. */
export const feeOf = (price: bigint, feeBps: bigint): bigint => (price * feeBps) / 10_000n;

/** What a bidder locks. */
export function bondOf(reserve: bigint, bondPercent: bigint): bigint {
  const bond = percentUp(reserve, bondPercent);
  return bond < MIN_BOND ? MIN_BOND : bond;
}

/** What a wrong rejection costs the requester. */
export const compensationOf = (reserve: bigint): bigint => percentUp(reserve, 10n);

export const panelFeeOf = (seats: bigint, seatFee: bigint): bigint => seats * seatFee * SEAT_FEE_UNIT;

/** What a requester locks beside the reserve. */
export function depositOf(reserve: bigint, seatFee: bigint, byPool: boolean): bigint {
  const appeal = panelFeeOf(APPEAL_SIZE, seatFee);
  return appeal + (byPool ? panelFeeOf(PANEL_SIZE, seatFee) : compensationOf(reserve));
}

export interface Outcome {
  text: string;
  /** What the requester has paid in the end, at most. */
  pays: bigint;
  /** What is free again of what was locked, with what came to it. */
  back: bigint;
}

/** How a task is awarded, and who scores its result. */
export type Plan = Pick<Draft, "mode" | "evaluator">;

/** How a task can end, and what its requester pays and gets back in each case. */
export function outcomesOf(reserve: bigint, terms: Terms, { mode, evaluator }: Plan): Outcome[] {
  const byPool = evaluator === "pool";
  const locked = reserve + depositOf(reserve, terms.seatFee, byPool);
  const judged = byPool ? pooled(reserve, terms.seatFee) : named(reserve, terms.seatFee, evaluator === "me");
  const ends = mode === "Race" ? raced(reserve, terms.seatFee, byPool) : judged;
  const outcomes = ends.map(([text, pays]) => ({ text, pays, back: pays > locked ? 0n : locked - pays }));
  const bond = bondOf(reserve, terms.bondPercent);
  const absent = {
    text: mode === "Direct" ? "The worker does not deliver: you get its bond" : UNDELIVERED,
    pays: 0n,
    back: locked + bond,
  };
  const unbid = {
    text: UNBID[mode] ?? "Nobody bids, or you cancel before the first bid",
    pays: 0n,
    back: locked,
  };
  return mode === "Race" ? [...outcomes, unbid] : [...outcomes, absent, unbid];
}

const UNDELIVERED = "The worker does not deliver, and nobody takes over: you get its bond";
const UNBID: Partial<Record<Plan["mode"], string>> = {
  Direct: "You accept no offer, or take the task back before",
  Race: "Nobody enters, or you cancel before the first entry",
};

/** Where the requester scores, or somebody whom it named. */
function named(reserve: bigint, seatFee: bigint, mine: boolean): [string, bigint][] {
  const wrong = reserve + compensationOf(reserve);
  const panel = panelFeeOf(PANEL_SIZE, seatFee);
  const [accept, reject] = mine
    ? ["You accept the result, or say nothing in time", "You reject"]
    : ["The evaluator accepts the result, or says nothing in time", "The evaluator rejects"];
  return [
    [`${accept}: the worker is paid its price`, reserve],
    [`${reject} the result, and that stands`, 0n],
    [`${reject} it, it is disputed, and you do not show your secret`, wrong],
    [`${reject} it, and a panel finds for the worker`, wrong + panel],
    [`${reject} it, and both panels find for the worker`, wrong + panel + panelFeeOf(APPEAL_SIZE, seatFee)],
  ];
}

/** Where a panel of the pool scores. */
function pooled(reserve: bigint, seatFee: bigint): [string, bigint][] {
  const panel = panelFeeOf(PANEL_SIZE, seatFee);
  return [
    ["The panel accepts the result: the worker is paid its price", reserve + panel],
    ["The panel rejects the result, and that stands", panel],
    [
      "The panel rejects it, and the larger one finds for the worker",
      reserve + panel + panelFeeOf(APPEAL_SIZE, seatFee),
    ],
    ["You do not show your secret, or no panel can be drawn: the worker is paid", reserve],
  ];
}

/** Where the first result that passes is paid; who is judged too low pays its own panel. */
function raced(reserve: bigint, seatFee: bigint, byPool: boolean): [string, bigint][] {
  const panel = panelFeeOf(PANEL_SIZE, seatFee);
  const passed: [string, bigint][] = byPool
    ? [
        ["A panel passes a result: its agent is paid all of the reserve", reserve + panel],
        ["You do not show your secret, or no panel speaks: the first result is paid", reserve],
      ]
    : [["The contract passes a result, or says nothing in time: its agent is paid", reserve]];
  return [...passed, ["All results are judged too low, or none is shown", 0n]];
}

/** The units of an amount that a person wrote in credits, or what is wrong with it. */
export function parseCredits(text: string): bigint | string {
  const written = text.trim();
  if (written === "") return "Write an amount in credits.";
  const found = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(written);
  if (found === null) return "Write a number of credits with at most six decimals, such as 20 or 2.5.";
  return BigInt(found[1] ?? "0") * CREDIT + BigInt((found[2] ?? "").padEnd(6, "0"));
}

/** `1234.5` for 1234500000 units; as short as it can be without rounding. */
export function exactCredits(units: bigint): string {
  const sign = units < 0n ? "-" : "";
  const size = units < 0n ? -units : units;
  const rest = (size % CREDIT).toString().padStart(6, "0").replace(/0+$/, "");
  const whole = (size / CREDIT).toString();
  return `${sign}${whole}${rest === "" ? "" : `.${rest}`}`;
}

/** As `exactCredits`, with the currency's name. */
export const credits = (units: bigint): string =>
  `${exactCredits(units)} ${units === CREDIT ? "credit" : "credits"}`;
