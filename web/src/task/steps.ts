import type { TaskDetail } from "../api/types.ts";
import { formatCredits, readableCredits } from "../lib/format.ts";

/** A part of a task's way from its posting to its end. */
export interface Step {
  name: string;
  /** "now": what the task waits for; "failed": it ended here, or went back from here. */
  state: "done" | "now" | "ahead" | "failed";
  /** When it was reached; null while it was not, or is not known. */
  at: number | null;
  /** By when it has to be; only of what is now or ahead. */
  by: number | null;
  note: string;
}

const FAILED = ["Refunded", "Cancelled", "Expired"];
const JUDGED = ["Rejected", "Disputed", "Ruled", "Settled"];

/** The way of a task, as far as it came and as it would go on. */
export function stepsOf(task: TaskDetail, now: number): Step[] {
  const work =
    task.mode === "Race" ? [judged(task, now)] : [awarded(task, now), delivered(task), evaluated(task)];
  const steps = [posted(task), ...auction(task, now), ...work, ended(task)];
  if (!FAILED.includes(task.state)) return steps;
  // What it never came to is not ahead of it any more.
  return steps.filter((step) => step.state === "done" || step.state === "failed");
}

function posted(task: TaskDetail): Step {
  return {
    name: "Posted",
    state: "done",
    at: task.created_time,
    by: null,
    note: `reserve ${readableCredits(task.reserve)} cr`,
  };
}

function auction(task: TaskDetail, now: number): Step[] {
  if (task.mode === "Direct") return [];
  const race = task.mode === "Race";
  const open = task.state === "Open";
  const bidding = open && now < task.bidding_end;
  const bids: Step = {
    name: race ? "Entries" : "Bids",
    state: bidding ? "now" : task.commitments > 0 ? "done" : "failed",
    at: bidding ? null : task.bidding_end,
    by: bidding ? task.bidding_end : null,
    note: `${task.commitments} ${race ? "entered" : "came in"}`,
  };
  if (task.mode === "OpenBid") return [bids];
  const revealing = open && now < task.reveal_end;
  const reveal: Step = {
    name: race ? "Showing" : "Reveal",
    state: revealing
      ? bidding
        ? "ahead"
        : "now"
      : task.bids_revealed > 0
        ? "done"
        : open
          ? "now"
          : "failed",
    at: revealing ? null : task.reveal_end,
    by: revealing ? task.reveal_end : null,
    note: `${task.bids_revealed} ${race ? "shown" : "opened"}`,
  };
  return [bids, reveal];
}

function awarded(task: TaskDetail, now: number): Step {
  const name = "Award";
  if (task.agent !== null) {
    const note = `agent ${task.agent} for ${formatCredits(task.price ?? 0)} cr`;
    return { name, state: "done", at: task.award?.time ?? null, by: null, note };
  }
  if (task.mode !== "Direct") return { name, state: "ahead", at: null, by: null, note: "to the best bid" };
  const open = task.state === "Open";
  const by = open && now < task.bidding_end ? task.bidding_end : null;
  return {
    name,
    state: open ? "now" : "failed",
    at: null,
    by,
    note: open ? "to a signed offer" : "no offer was accepted",
  };
}

/** A race is judged while it is open, and the winner is paid at once. */
function judged(task: TaskDetail, now: number): Step {
  const name = "Judging";
  const pass = `${task.passing_score} of 100 pass`;
  if (task.state === "Settled") {
    const note = task.silent ? "nobody spoke" : `${task.score} of 100, ${pass}`;
    return { name, state: "done", at: task.ended_time, by: null, note };
  }
  const failed = task.entries.filter((entry) => entry.status === "failed").length;
  const note = failed > 0 ? `${failed} judged too low` : pass;
  const open = task.state === "Open";
  const state = !open ? "failed" : now >= task.reveal_end ? "now" : "ahead";
  return { name, state, at: null, by: null, note };
}

function delivered(task: TaskDetail): Step {
  const name = "Delivery";
  if (task.submitted_time !== null) {
    const note = task.lateness > 0 ? `late by ${task.lateness} % of the slack` : "as promised";
    return { name, state: "done", at: task.submitted_time, by: null, note };
  }
  if (task.state === "Defaulted" || (task.agent !== null && FAILED.includes(task.state))) {
    return { name, state: "failed", at: null, by: null, note: "nothing was delivered" };
  }
  const now = task.state === "Awarded";
  return { name, state: now ? "now" : "ahead", at: null, by: now ? task.deadline : null, note: "the work" };
}

function evaluated(task: TaskDetail): Step {
  const name = "Evaluation";
  const judged = JUDGED.includes(task.state) || task.score !== null;
  if (judged || (task.submitted_time !== null && task.state === "Refunded")) {
    const failed = task.score !== null && task.score < task.passing_score;
    const note = task.score === null ? "nobody spoke" : `${task.score} of 100, ${task.passing_score} pass`;
    return { name, state: failed ? "failed" : "done", at: timeOf(task, JUDGEMENTS), by: null, note };
  }
  const now = task.state === "Submitted";
  const note = `${task.passing_score} of 100 pass`;
  return { name, state: now ? "now" : "ahead", at: null, by: now ? task.deadline : null, note };
}

function ended(task: TaskDetail): Step {
  const at = task.ended_time;
  if (task.state === "Settled") {
    return {
      name: "Settled",
      state: "done",
      at,
      by: null,
      note: `paid ${readableCredits(task.price ?? 0)} cr`,
    };
  }
  if (FAILED.includes(task.state)) {
    return {
      name: task.state,
      state: "failed",
      at,
      by: null,
      note: `${readableCredits(task.refunded)} cr went back`,
    };
  }
  const contested = ["Rejected", "Disputed", "Ruled", "Defaulted"].includes(task.state);
  return {
    name: "Settlement",
    state: contested ? "now" : "ahead",
    at: null,
    by: contested ? task.deadline : null,
    note: contested ? task.state.toLowerCase() : "pays the worker",
  };
}

const JUDGEMENTS = ["TaskEvaluated", "TaskRuled", "TaskRejected"];

/** When the last event of one of these names was. */
function timeOf(task: TaskDetail, names: readonly string[]): number | null {
  return task.timeline.findLast((item) => names.includes(item.event))?.time ?? null;
}
