import { useState } from "react";

import { faultOf, type Fault } from "./faults.ts";
import type { Stage, Tell } from "./send.ts";

/** Where something that a person began stands. */
export type Sending =
  { kind: "idle" } | Stage | { kind: "done"; text: string } | { kind: "failed"; fault: Fault };

export const isBusy = (sending: Sending): boolean =>
  ["working", "pending", "replaced"].includes(sending.kind);

/** One thing at a time: how it stands, and what begins it. `work` resolves with what to say at its end. */
export function useSending(): [Sending, (work: (tell: Tell) => Promise<string>) => Promise<void>] {
  const [sending, tell] = useState<Sending>({ kind: "idle" });
  const begin = async (work: (tell: Tell) => Promise<string>): Promise<void> => {
    tell({ kind: "working", text: "Starting …" });
    try {
      tell({ kind: "done", text: await work(tell) });
    } catch (error) {
      tell({ kind: "failed", fault: faultOf(error) });
    }
  };
  return [sending, begin];
}
