import type { TaskDetail } from "../api/types.ts";
import { Time, useNow } from "../components/Time.tsx";
import { formatSpan } from "../lib/format.ts";
import { stepsOf, type Step } from "./steps.ts";

const SAID: Record<Step["state"], string> = { done: "done", now: "now", ahead: "to come", failed: "failed" };

/** The task's way from its posting to its end, in one row. */
export function Way({ task }: { task: TaskDetail }) {
  const now = useNow();
  return (
    <ol className="way" aria-label="The way of the task">
      {stepsOf(task, now).map((step) => (
        <li key={step.name} className={step.state} aria-current={step.state === "now" ? "step" : undefined}>
          <p className="way-name">
            {step.name} <span className="hidden">({SAID[step.state]})</span>
          </p>
          <p className="way-time muted">
            <When step={step} since={task.created_time} />
          </p>
          <p className="way-note">{step.note}</p>
        </li>
      ))}
    </ol>
  );
}

function When({ step, since }: { step: Step; since: number }) {
  if (step.by !== null) {
    return (
      <>
        ends <Time at={step.by} />
      </>
    );
  }
  if (step.at === null) return step.state === "ahead" ? "to come" : "–";
  if (step.at === since) return <Time at={step.at} />;
  return <span title={new Date(step.at * 1000).toISOString()}>after {formatSpan(step.at - since)}</span>;
}
