import { Link } from "wouter";

import type { Conservation } from "../api/types.ts";
import { formatNumber } from "../lib/format.ts";

/** Whether all credits add up, as a link to the audit. */
export function Conserved({ state }: { state: Conservation }) {
  const { holds, block, violation } = state;
  const checked = block === null ? "no block checked yet" : `checked up to block ${formatNumber(block)}`;
  return (
    <Link
      href="/audit"
      className={`conserved mark ${holds ? "good" : "bad"}`}
      title={violation ?? checked}
      data-holds={holds}
      data-block={block ?? undefined}
    >
      {holds ? "✓ Every credit is accounted for" : "✗ Credits do not add up"}
    </Link>
  );
}
