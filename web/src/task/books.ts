import type { Flow, LedgerEntry, Part } from "../api/types.ts";

/** One part of one account, and what went through it, in units. */
export interface Side {
  /** "agent:5", an address, or the name of a place outside of the Ledger's accounts. */
  account: string;
  part: Part;
  debit: number;
  credit: number;
}

/** Where credits are that are in nobody's account. */
export const NOBODY = "nobody";

/** Whether a movement moves credits; a debt is a promise. */
function movesCredits(movement: LedgerEntry): boolean {
  return movement.part_from !== "debt" && movement.part_to !== "debt";
}

/** What went through each part of each account: debits (what left it) and credits (what came to it). */
export function balanceSides(movements: readonly LedgerEntry[]): Side[] {
  const sides = new Map<string, Side>();
  const sideOf = (account: string | null, part: Part | null): Side => {
    const side: Side = { account: account ?? NOBODY, part: part ?? "outside", debit: 0, credit: 0 };
    const key = `${side.account}/${side.part}`;
    const known = sides.get(key) ?? side;
    sides.set(key, known);
    return known;
  };
  for (const movement of movements.filter(movesCredits)) {
    sideOf(movement.account_from, movement.part_from).debit += movement.amount;
    sideOf(movement.account_to, movement.part_to).credit += movement.amount;
  }
  return [...sides.values()].sort((one, other) => one.account.localeCompare(other.account));
}

/** The agents whose credits only went to and fro: bidders that got their bonds back. */
export function unmoved(movements: readonly LedgerEntry[]): Set<string> {
  const change = new Map<string, number>();
  for (const { account_from, account_to, amount } of movements.filter(movesCredits)) {
    if (account_from !== null) change.set(account_from, (change.get(account_from) ?? 0) - amount);
    if (account_to !== null) change.set(account_to, (change.get(account_to) ?? 0) + amount);
  }
  return new Set(
    [...change.keys()].filter((account) => account.startsWith("agent:") && change.get(account) === 0),
  );
}

/**
 * The movements as flows between three stages of each account: what it had, what was locked for the task, and what it
 * has in the end.
 */
export function flowsOf(movements: readonly LedgerEntry[], name: (account: string) => string): Flow[] {
  const flows = new Map<string, Flow>();
  for (const { account_from, account_to, part_from, part_to, amount } of movements.filter(movesCredits)) {
    const source = stageOf(name(account_from ?? NOBODY), part_from, "before");
    const target = stageOf(name(account_to ?? NOBODY), part_to, "after");
    const key = `${source}→${target}`;
    const flow = flows.get(key) ?? { source, target, value: 0 };
    flows.set(key, { ...flow, value: flow.value + amount });
  }
  return [...flows.values()];
}

function stageOf(account: string, part: string | null, when: "before" | "after"): string {
  if (part === "locked") return `${account}, locked`;
  if (part === "burn" || part === "destroyed") return "burned";
  if (part === "free") return `${account}, ${when}`;
  return when === "before" ? "tokens before" : "tokens after";
}
