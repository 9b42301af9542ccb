// What an account may do about a task in the state that it is in, and what follows from it. Times are chain seconds.

import type { TaskDetail, TaskState } from "../api/types.ts";
import {
  bondOf,
  compensationOf,
  credits,
  depositOf,
  feeOf,
  panelFeeOf,
  APPEAL_SIZE,
  PANEL_SIZE,
} from "./amounts.ts";

/** The account that acts. */
export interface Actor {
  address: string;
  /** Whether it may act for the task's agent. */
  worker: boolean;
  /** The agent that may take over and for which it may act; 0 for none. */
  runnerUp: number;
  /** Of an open race. */
  race: RaceStanding | null;
}

/** How far a race has come. */
export interface RaceStanding {
  /** The agent whose result is judged now. */
  head: number;
  /** Ends the window of its judgement; 0 while nobody's result is judged. */
  deadline: number;
  /** Whether the requester's secret is known. */
  unsealed: boolean;
  /** Whether a panel was asked. */
  convened: boolean;
}

type StepName =
  | "accept"
  | "advance"
  | "appeal"
  | "cancel"
  | "closeDefaulted"
  | "closeRejected"
  | "closeRuled"
  | "closeSealed"
  | "convene"
  | "declareDefault"
  | "dispute"
  | "evaluate"
  | "finalize"
  | "offer"
  | "release"
  | "takeOver"
  | "unseal";

export interface Step {
  name: StepName;
  label: string;
  /** What follows, and whose credits move. */
  preview: string;
  /** What to say when it is done. */
  done: string;
  /** From when, and before when, it can be done; null for no bound. */
  from: number | null;
  until: number | null;
  /** The contract that takes it. */
  at: "tasks" | "auction" | "race";
  /** What the contract is told beside the task, where nobody has to fill it in. */
  values: readonly bigint[];
}

type Maker = (task: TaskDetail, me: Actor) => (Step | null)[];

/** The steps that are this account's to take now or later in this state; whoever may, those of anyone among them. */
export function stepsOf(task: TaskDetail, me: Actor): Step[] {
  const made = STATES[task.state]?.(task, me) ?? [];
  return made.filter((step) => step !== null);
}

const STATES: Readonly<Partial<Record<TaskState, Maker>>> = {
  Open: (task, me) => [
    task.mode === "Direct" ? (isRequester(task, me) ? accept(task) : offer(task)) : null,
    isRequester(task, me) && task.commitments === 0 ? cancel(task) : null,
    ...(task.mode === "Race" ? raced(task, me) : [finalize(task)]),
  ],
  Awarded: (task) => [declareDefault(task)],
  Submitted: (task, me) =>
    task.round === "Convened"
      ? sealed(task, me)
      : [
          same(task.evaluator, me.address) ? evaluate(task) : null,
          task.round === "None" ? release(task) : null,
        ],
  Rejected: (task, me) => [me.worker ? dispute(task) : null, closeRejected(task)],
  Disputed: (task, me) => (task.round === "Convened" ? sealed(task, me) : []),
  Ruled: (task, me) => [
    (passed(task) ? isRequester(task, me) : me.worker) ? appeal(task) : null,
    closeRuled(task),
  ],
  Defaulted: (task, me) => [me.runnerUp === 0 ? null : takeOver(task, me.runnerUp), closeDefaulted(task)],
};

const sealed: Maker = (task, me) => [isRequester(task, me) ? unseal(task) : null, closeSealed(task)];

/** A race: its results are judged one at a time, each by a panel of its own where the pool judges. */
function raced(task: TaskDetail, me: Actor): (Step | null)[] {
  const { race } = me;
  if (race === null) return [];
  if (race.deadline === 0) return [advance(task)];
  if (race.convened) return [];
  const next = race.unsealed ? convene(race) : isRequester(task, me) ? unsealRace(race) : null;
  return [byPool(task) ? next : null, releaseHead(task, race)];
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
/** Whether the account posted the task. */
export const isRequester = (task: TaskDetail, me: Actor): boolean => same(task.requester, me.address);
const passed = (task: TaskDetail): boolean => (task.score ?? 0) >= task.passing_score;

const byPool = (task: TaskDetail): boolean => task.evaluated_by === "pool";
const locked = (task: TaskDetail): bigint =>
  BigInt(task.reserve) + depositOf(BigInt(task.reserve), BigInt(task.seat_fee), byPool(task));
const bond = (task: TaskDetail): bigint => bondOf(BigInt(task.reserve), BigInt(task.bond_percent));
const panelFee = (task: TaskDetail): bigint => panelFeeOf(PANEL_SIZE, BigInt(task.seat_fee));
const appealFee = (task: TaskDetail): bigint => panelFeeOf(APPEAL_SIZE, BigInt(task.seat_fee));
const less = (price: bigint, task: TaskDetail): bigint => price - feeOf(price, BigInt(task.fee_bps));
const wage = (task: TaskDetail): bigint => less(BigInt(task.price ?? 0), task);

/** What scoring a result with `score` would do. */
export function previewOfScore(task: TaskDetail, score: number | null): string {
  if (score === null)
    return `From ${task.passing_score} on the worker is paid; below that the work is rejected.`;
  if (score >= task.passing_score) {
    const back = locked(task) - BigInt(task.price ?? 0);
    return `The worker is paid ${credits(wage(task))}, and ${credits(back)} are free again for the requester.`;
  }
  return (
    `The work is rejected. The worker may dispute that within the review window; until then ` +
    `${credits(locked(task))} stay locked.`
  );
}

type Said = Pick<Step, "name" | "label" | "preview" | "done"> & Partial<Pick<Step, "at" | "values">>;

const USUAL = { at: "tasks", values: [] } as const;

/** A step that has to be taken before the window ends. */
const within = (end: number | null, said: Said): Step => ({ ...USUAL, ...said, from: null, until: end });

/** A step that can be taken once the window has ended. */
const after = (end: number | null, said: Said): Step => ({ ...USUAL, ...said, from: end, until: null });

function evaluate(task: TaskDetail): Step {
  return within(task.deadline, {
    name: "evaluate",
    label: "Score the result",
    preview: previewOfScore(task, null),
    done: "The result is scored.",
  });
}

function cancel(task: TaskDetail): Step {
  return within(null, {
    name: "cancel",
    label: "Take the task back",
    preview: `${UNTOUCHED[task.mode] ?? "Nobody has bid yet."} ${credits(locked(task))} are free again at once.`,
    done: "The task is cancelled.",
  });
}

const UNTOUCHED: Partial<Record<TaskDetail["mode"], string>> = {
  Direct: "No offer is accepted yet.",
  Race: "Nobody has entered yet.",
};

function finalize(task: TaskDetail): Step {
  const said =
    task.mode === "Direct"
      ? { label: "End the task", preview: "No offer was accepted in time: the requester has all of it back." }
      : {
          label: "End the auction",
          preview: "The best opened bid gets the task; without one, the requester has all of it back.",
        };
  return after(task.reveal_end, { ...said, name: "finalize", done: "The auction has ended.", at: "auction" });
}

function accept(task: TaskDetail): Step {
  return within(task.bidding_end, {
    name: "accept",
    label: "Accept an agent's offer",
    preview:
      `The agent gets the task at its price, locks a bond of ${credits(bond(task))}, and the time to deliver begins. ` +
      `After that you cannot take the task back.`,
    done: "The task is awarded.",
    at: "auction",
  });
}

function offer(task: TaskDetail): Step {
  return within(task.bidding_end, {
    name: "offer",
    label: "Offer to do it",
    preview:
      `For an agent that you act for. Signing costs nothing; if the requester accepts, the agent's bond of ` +
      `${credits(bond(task))} is locked and the time to deliver begins.`,
    done: "The offer is signed.",
  });
}

// So many entries that were not shown are passed over in one call.
const MOST_STEPS = 100n;

function advance(task: TaskDetail): Step {
  return after(task.reveal_end, {
    name: "advance",
    label: "Move the race on",
    preview: "The next result that was shown is judged; without one, the requester has all of it back.",
    done: "The race has moved on.",
    at: "race",
    values: [MOST_STEPS],
  });
}

function unsealRace({ head, deadline }: RaceStanding): Step {
  return within(deadline, {
    name: "unseal",
    label: "Show the secret",
    preview:
      `The panels are drawn from the secret that was sealed with the task. If no panel is asked in time, agent ${head} ` +
      `is paid without being judged.`,
    done: "The secret is shown; now a panel can be asked.",
    at: "race",
  });
}

function convene({ head, deadline }: RaceStanding): Step {
  return within(deadline, {
    name: "convene",
    label: "Ask a panel",
    preview: `It judges the result of agent ${head}. If nobody asks one in time, the agent is paid without being judged.`,
    done: "A panel is drawn.",
    at: "race",
  });
}

function releaseHead(task: TaskDetail, { head, deadline }: RaceStanding): Step {
  return after(deadline, {
    name: "release",
    label: `Have agent ${head} paid`,
    preview: `Nobody has judged its result in time, so it is paid ${credits(less(BigInt(task.reserve), task))}.`,
    done: "The agent is paid.",
    at: "race",
  });
}

function declareDefault(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "declareDefault",
    label: "Declare that nothing was delivered",
    preview:
      `The worker's bond of ${credits(bond(task))} goes to the requester` +
      (task.mode === "Direct" ? ", and the task ends." : "; the runner-up may take over."),
    done: "The worker has defaulted.",
  });
}

function release(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "release",
    label: "Have the worker paid",
    preview: `Nobody has scored the result in time, so the worker is paid ${credits(wage(task))}.`,
    done: "The worker is paid.",
  });
}

function dispute(task: TaskDetail): Step {
  return within(task.deadline, {
    name: "dispute",
    label: "Dispute the rejection",
    preview:
      `A panel judges the work, which everybody can then read. ${credits(appealFee(task))} of the agent are locked. If ` +
      `the panel finds for it, it is paid ${credits(wage(task) + compensationOf(BigInt(task.reserve)))}; if not, it ` +
      `pays the panel ${credits(panelFee(task))} and loses half of its bond.`,
    done: "The rejection is disputed.",
  });
}

function closeRejected(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "closeRejected",
    label: "End the rejected task",
    preview: `Nobody has disputed. ${credits(locked(task))} are free again for the requester; half of the bond is burned.`,
    done: "The task has ended.",
  });
}

function unseal(task: TaskDetail): Step {
  const lost = byPool(task) ? "the worker is paid without being judged" : "you lose the dispute";
  return within(task.deadline, {
    name: "unseal",
    label: "Show the secret",
    preview: `The panel is drawn from the secret that was sealed with the task. If it is not shown in time, ${lost}.`,
    done: "The secret is shown; a panel is drawn.",
  });
}

function closeSealed(task: TaskDetail): Step {
  const more = byPool(task) ? 0n : compensationOf(BigInt(task.reserve));
  return after(task.deadline, {
    name: "closeSealed",
    label: "Have the worker paid: the secret was kept",
    preview: `The requester has not shown its secret, so the worker is paid ${credits(wage(task) + more)}.`,
    done: "The worker is paid.",
  });
}

function appeal(task: TaskDetail): Step {
  const fee = byPool(task) ? appealFee(task) : panelFee(task);
  return within(task.deadline, {
    name: "appeal",
    label: "Appeal to the larger panel",
    preview: `${credits(fee)} more are locked. Whoever the larger panel finds against pays it ${credits(appealFee(task))}.`,
    done: "The verdict is appealed.",
  });
}

function closeRuled(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "closeRuled",
    label: "Carry out the verdict",
    preview: passed(task)
      ? `The panel found for the worker, which is paid ${credits(wage(task))} and what a wrong rejection costs.`
      : "The panel found against the worker: the requester has the rest back, and half of the bond is burned.",
    done: "The verdict is carried out.",
  });
}

function takeOver(task: TaskDetail, agent: number): Step {
  return within(task.deadline, {
    name: "takeOver",
    label: `Take over with agent ${agent}`,
    preview: `The agent's bond of ${credits(bond(task))} is locked again, and the time to deliver begins anew.`,
    done: "The agent has the task now.",
    at: "auction",
    values: [BigInt(agent)],
  });
}

function closeDefaulted(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "closeDefaulted",
    label: "End the task",
    preview: `Nobody took over. ${credits(locked(task))} are free again for the requester.`,
    done: "The task has ended.",
  });
}
