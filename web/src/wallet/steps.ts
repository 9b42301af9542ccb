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
}

type StepName =
  | "appeal"
  | "cancel"
  | "closeDefaulted"
  | "closeRejected"
  | "closeRuled"
  | "closeSealed"
  | "declareDefault"
  | "dispute"
  | "evaluate"
  | "finalize"
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
}

type Maker = (task: TaskDetail, me: Actor) => (Step | null)[];

/** The steps that are this account's to take now or later in this state; whoever may, those of anyone among them. */
export function stepsOf(task: TaskDetail, me: Actor): Step[] {
  const made = STATES[task.state]?.(task, me) ?? [];
  return made.filter((step) => step !== null);
}

const STATES: Readonly<Partial<Record<TaskState, Maker>>> = {
  Open: (task, me) => [
    isRequester(task, me) && task.commitments === 0 ? cancel(task) : null,
    task.mode === "Race" ? null : finalize(task),
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
const wage = (task: TaskDetail): bigint =>
  BigInt(task.price ?? 0) - feeOf(BigInt(task.price ?? 0), BigInt(task.fee_bps));

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

type Said = Pick<Step, "name" | "label" | "preview" | "done">;

/** A step that has to be taken before the window ends. */
const within = (end: number | null, said: Said): Step => ({ ...said, from: null, until: end });

/** A step that can be taken once the window has ended. */
const after = (end: number | null, said: Said): Step => ({ ...said, from: end, until: null });

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
    preview: `Nobody has bid yet. ${credits(locked(task))} are free again at once.`,
    done: "The task is cancelled.",
  });
}

function finalize(task: TaskDetail): Step {
  return after(task.reveal_end, {
    name: "finalize",
    label: "End the auction",
    preview: "The best opened bid gets the task; without one, the requester has all of it back.",
    done: "The auction has ended.",
  });
}

function declareDefault(task: TaskDetail): Step {
  return after(task.deadline, {
    name: "declareDefault",
    label: "Declare that nothing was delivered",
    preview: `The worker's bond of ${credits(bond(task))} goes to the requester; the runner-up may take over.`,
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
