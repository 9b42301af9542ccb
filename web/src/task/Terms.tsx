import { Link } from "wouter";

import type { TaskDetail } from "../api/types.ts";
import { Account, Agent } from "../components/Account.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, Panel } from "../components/Panel.tsx";
import { Span, Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatPercent } from "../lib/format.ts";
import { MODES, windowsIn } from "../lib/modes.ts";

const BONDS: Partial<Record<TaskDetail["mode"], string>> = {
  Direct: "Bond of the worker",
  Race: "Bond of each entry",
};

/** What was agreed when the task was posted: it keeps these terms whatever is voted later. */
export function Terms({ task }: { task: TaskDetail }) {
  return (
    <Panel title="Terms" note="As the task was posted; no vote changes them." className="third">
      <Facts
        items={[
          ["Requester", <Account account={task.requester} />],
          ["Worker", <Agent id={task.agent} name={task.agent_name} />],
          ["Skill", <Untrusted text={task.skill} limit={40} plain />],
          ["Award", MODES[task.mode].name],
          ["Reserve", <Money units={task.reserve} unit />],
          ["Price", <Money units={task.price} unit />],
          ["Market's fee", <Fee task={task} />],
          [BONDS[task.mode] ?? "Bond of each bidder", <Money units={task.bond} unit />],
          ...windowsIn(task.mode).map(
            (name) =>
              [
                MODES[task.mode].windows[name]?.[0] ?? name,
                <Span seconds={task[`${name}_window`]} />,
              ] as const,
          ),
          ["Posted", <Time at={task.created_time} full />],
          ["Posted in", <Tx hash={task.created_tx} />],
          ["Digest of the secret", <Hash value={task.seal} />],
          ["Messages about it", <Link href={`/messages?task=${task.id}`}>{task.messages}</Link>],
        ]}
      />
    </Panel>
  );
}

function Fee({ task }: { task: TaskDetail }) {
  const share = formatPercent(task.fee_bps / 10_000);
  if (task.fee === 0) return <>{share} of the price</>;
  return (
    <>
      <Money units={task.fee} unit /> <span className="muted">({share})</span>
    </>
  );
}
