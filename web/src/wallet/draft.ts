// What a person fills in to post a task, and what of it the market would refuse.

import { isAddress, type Address, type Hex } from "viem";

import type { Mode } from "../api/types.ts";
import { MODE_NAMES, windowsIn, type WindowName } from "../lib/modes.ts";
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
  /** Who scores the result. */
  evaluator: "me" | "pool" | "other";
  /** The evaluator's address, where it is another. */
  judge: string;
}

export const EMPTY: Draft = {
  title: "",
  description: "",
  skill: "",
  rubric: [""],
  reserve: "10",
  mode: "SealedSecondPrice",
  windows: windowsOf("quick", "SealedSecondPrice"),
  passing: "60",
  evaluator: "me",
  judge: "",
};

/** A preset's windows. In a race the work is done within the first, and for a direct award an offer is carried to and fro. */
export function windowsOf(preset: Preset, mode: Mode): Record<WindowName, string> {
  const { reveal, delivery, review, ...rest } = PRESETS[preset];
  const bidding = mode === "Race" || mode === "Direct" ? delivery : rest.bidding;
  return { bidding: `${bidding}`, reveal: `${reveal}`, delivery: `${delivery}`, review: `${review}` };
}

/** What is wrong, in words, by the field's name; a criterion of the rubric is `rubric.0`. Empty when all is well. */
export type Faults = Readonly<Record<string, string>>;

/** The preset that the windows are of, if they are of one. */
export function presetOf({ windows, mode }: Pick<Draft, "windows" | "mode">): Preset | undefined {
  const names = Object.keys(PRESETS) as Preset[];
  return names.find((name) => {
    const preset = windowsOf(name, mode);
    return windowsIn(mode).every((one) => preset[one] === windows[one]);
  });
}

/** What changes with the mode: windows that nobody has touched, and an evaluator that it rules out. */
export function withMode(draft: Draft, mode: Mode, panels: boolean): Partial<Draft> {
  const preset = presetOf(draft);
  const race = mode === "Race";
  const [chosen, judge] = [draft.evaluator, draft.judge.trim()];
  const evaluator =
    race && chosen === "me"
      ? panels
        ? "pool"
        : "other"
      : chosen === "other" && judge === ""
        ? "me"
        : chosen;
  return { mode, evaluator, ...(preset === undefined ? {} : { windows: windowsOf(preset, mode) }) };
}

/** @param panels Whether a panel could be drawn. */
export function faultsOf(draft: Draft, terms: Terms, panels: boolean): Faults {
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
    ["evaluator", faultOfEvaluator(draft, panels)],
    ["judge", draft.evaluator === "other" ? faultOfAddress(draft.judge) : null],
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

function faultOfEvaluator({ mode, evaluator }: Draft, panels: boolean): string | null {
  if (evaluator === "pool" && !panels)
    return "Fewer than three seats of the pool are taken: no panel could be drawn.";
  if (evaluator !== "me" || mode !== "Race") return null;
  return "A race is judged by the pool or by a contract: nobody could dispute what you say.";
}

function faultOfAddress(text: string): string | null {
  return isAddress(text.trim()) ? null : "Write an address: 0x and 40 hexadecimal digits.";
}

export function faultOfWhole(text: string, least: number, most: number, unit: string): string | null {
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

/** Who scores the result of a draft without faults, which `poster` posts. */
export function evaluatorOf(draft: Draft, poster: Address, pool: Address): Address {
  if (draft.evaluator === "other") return draft.judge.trim() as Address;
  return draft.evaluator === "me" ? poster : pool;
}

/** The contract's `TaskParams` for a draft without faults. */
export function paramsOf(draft: Draft, evaluator: Address, specification: Hex, seal: Hex) {
  const names = windowsIn(draft.mode);
  const window = (name: WindowName) => Number(draft.windows[name]);
  return {
    specification,
    seal,
    skill: skillBytes(draft.skill),
    mode: MODE_NAMES.indexOf(draft.mode),
    reserve: reserveOf(draft) ?? 0n,
    evaluator,
    passingScore: Number(draft.passing),
    biddingWindow: window("bidding"),
    revealWindow: names.includes("reveal") ? window("reveal") : 0,
    // Nothing is delivered in a race, but the contract has a window for it all the same.
    deliveryWindow: window(names.includes("delivery") ? "delivery" : "review"),
    reviewWindow: window("review"),
    parentId: 0n,
  } as const;
}
