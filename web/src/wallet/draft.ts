// What a person fills in to post a task, and what of it the market would refuse.

import type { Address, Hex } from "viem";

import { exactCredits, MAX_RESERVE, MIN_RESERVE, parseCredits, type Terms } from "./amounts.ts";
import {
  CRITERION_LENGTH,
  DESCRIPTION_LENGTH,
  faultOfLine,
  faultOfParagraphs,
  faultOfSkill,
  MOST_CRITERIA,
  skillBytes,
  TITLE_LENGTH,
  type Specification,
} from "./specification.ts";

/** The contract's numbers of the modes that the page offers. */
export const MODES = [
  {
    mode: 0,
    name: "Sealed bids, second price",
    text: "The best bid wins and is paid what the next one would have taken.",
  },
  { mode: 1, name: "Sealed bids, first price", text: "The best bid wins and is paid its own price." },
  {
    mode: 2,
    name: "Open bids",
    text: "Bids are seen at once and undercut each other; the best is paid its own price.",
  },
] as const;
export type Mode = (typeof MODES)[number]["mode"];

type WindowName = "bidding" | "reveal" | "delivery" | "review";
const WINDOWS: readonly WindowName[] = ["bidding", "reveal", "delivery", "review"];

/** Seconds. */
export const PRESETS: Readonly<
  Record<"quick" | "usual" | "calm", { name: string } & Record<WindowName, number>>
> = {
  quick: { name: "Quick: minutes", bidding: 30, reveal: 20, delivery: 300, review: 120 },
  usual: { name: "Usual: hours", bidding: 600, reveal: 300, delivery: 7200, review: 3600 },
  calm: { name: "Calm: days", bidding: 86_400, reveal: 21_600, delivery: 172_800, review: 86_400 },
};
export type Preset = keyof typeof PRESETS;

export interface Draft {
  title: string;
  description: string;
  skill: string;
  rubric: readonly string[];
  reserve: string;
  mode: Mode;
  windows: Readonly<Record<WindowName, string>>;
  passing: string;
  evaluator: "me" | "pool";
}

export const EMPTY: Draft = {
  title: "",
  description: "",
  skill: "",
  rubric: [""],
  reserve: "10",
  mode: 0,
  windows: windowsOf("quick"),
  passing: "60",
  evaluator: "me",
};

export function windowsOf(preset: Preset): Record<WindowName, string> {
  const { bidding, reveal, delivery, review } = PRESETS[preset];
  return { bidding: `${bidding}`, reveal: `${reveal}`, delivery: `${delivery}`, review: `${review}` };
}

/** What is wrong, in words, by the field's name; a criterion of the rubric is `rubric.0`. Empty when all is well. */
export type Faults = Readonly<Record<string, string>>;

/** Whether bids of this mode are sealed first, so that there is a window to open them in. */
const reveals = (mode: Mode): boolean => mode !== 2;

/** The windows that a task of this mode has, in their order. */
export const windowsIn = (mode: Mode): readonly WindowName[] =>
  WINDOWS.filter((name) => name !== "reveal" || reveals(mode));

export function faultsOf(draft: Draft, terms: Terms): Faults {
  const found: [string, string | null][] = [
    ["title", faultOfLine(draft.title, TITLE_LENGTH)],
    ["description", faultOfParagraphs(draft.description, DESCRIPTION_LENGTH)],
    ["skill", faultOfSkill(draft.skill)],
    ["rubric", draft.rubric.length > MOST_CRITERIA ? `At most ${MOST_CRITERIA} lines.` : null],
    ...draft.rubric.map((line, at): [string, string | null] => [
      `rubric.${at}`,
      faultOfLine(line, CRITERION_LENGTH),
    ]),
    ["reserve", faultOfReserve(draft.reserve)],
    ["passing", faultOfWhole(draft.passing, 1, 100, "points")],
    ...windowsIn(draft.mode).map((name): [string, string | null] => [
      name,
      faultOfWhole(draft.windows[name], terms.minWindow, terms.maxWindow, "seconds"),
    ]),
  ];
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== null));
}

function faultOfReserve(text: string): string | null {
  const units = parseCredits(text);
  if (typeof units === "string") return units;
  if (units >= MIN_RESERVE && units <= MAX_RESERVE) return null;
  return `It must be from ${exactCredits(MIN_RESERVE)} to ${exactCredits(MAX_RESERVE)} credits.`;
}

function faultOfWhole(text: string, least: number, most: number, unit: string): string | null {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : NaN;
  return value >= least && value <= most
    ? null
    : `Write a whole number of ${unit}, from ${least} to ${most}.`;
}

export function specificationOf(draft: Draft): Specification {
  const { title, description, skill, rubric } = draft;
  return { title, description, skill, rubric };
}

/** The reserve in units, or null while it cannot be read. */
export function reserveOf(draft: Draft): bigint | null {
  const units = parseCredits(draft.reserve);
  return typeof units === "string" ? null : units;
}

/** The contract's `TaskParams` for a draft without faults. */
export function paramsOf(draft: Draft, evaluator: Address, specification: Hex, seal: Hex) {
  const window = (name: WindowName) => Number(draft.windows[name]);
  return {
    specification,
    seal,
    skill: skillBytes(draft.skill),
    mode: draft.mode,
    reserve: reserveOf(draft) ?? 0n,
    evaluator,
    passingScore: Number(draft.passing),
    biddingWindow: window("bidding"),
    revealWindow: reveals(draft.mode) ? window("reveal") : 0,
    deliveryWindow: window("delivery"),
    reviewWindow: window("review"),
    parentId: 0n,
  } as const;
}
