import { useEffect } from "react";

import type { NextStep as Next } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Time, useNow } from "../components/Time.tsx";
import { visible } from "../lib/text.ts";

const AGAIN_MS = 1_500;

/** What the task waits for, from whom, and until when. No event tells that a deadline has passed: then `again` asks. */
export function NextStep({ step, again }: { step: Next; again: () => void }) {
  const late = useNow() >= (step.deadline ?? Infinity);
  useEffect(() => {
    if (!late) return undefined;
    const asking = window.setInterval(again, AGAIN_MS);
    return () => window.clearInterval(asking);
  }, [late, again]);
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
