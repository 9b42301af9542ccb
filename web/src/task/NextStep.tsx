import type { NextStep as Next } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Time, useNow } from "../components/Time.tsx";
import { visible } from "../lib/text.ts";

/** What the task waits for, from whom, and until when. */
export function NextStep({ step }: { step: Next }) {
  const late = useNow() >= (step.deadline ?? Infinity);
  return (
    <div className="next" role="status">
      <p>
        <strong>Next:</strong> {visible(step.what)}{" "}
        {step.account && (
          <span className="muted">
            (<Account account={step.account} />)
          </span>
        )}
      </p>
      {step.deadline !== null && (
        <p className="next-time">
          {late ? "since" : "until"} <Time at={step.deadline} full />, <Time at={step.deadline} />
        </p>
      )}
    </div>
  );
}
