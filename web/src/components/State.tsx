import type { TaskState } from "../api/types.ts";
import { words } from "../lib/format.ts";

export type Tone = "neutral" | "info" | "good" | "warn" | "bad";

const TONES: Record<TaskState, Tone> = {
  Open: "info",
  Awarded: "info",
  Submitted: "info",
  Rejected: "warn",
  Disputed: "warn",
  Ruled: "warn",
  Defaulted: "bad",
  Settled: "good",
  Refunded: "bad",
  Cancelled: "neutral",
  Expired: "neutral",
};

/** The states of a task, in the order of its life. */
export const TASK_STATES = Object.keys(TONES) as TaskState[];

/** A short mark in one of five tones; the text says the same as the colour. */
export function Mark({ tone = "neutral", children }: { tone?: Tone; children: string }) {
  return <span className={`mark ${tone}`}>{children}</span>;
}

/** The state of a task. */
export function State({ state }: { state: TaskState }) {
  return <Mark tone={TONES[state]}>{words(state)}</Mark>;
}
