import { Link } from "wouter";

import type { TaskDetail } from "../api/types.ts";
import { Account, Agent } from "../components/Account.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, Panel } from "../components/Panel.tsx";
import { Span, Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatPercent, words } from "../lib/format.ts";

/** What was agreed when the task was posted: it keeps these terms whatever is voted later. */
export function Terms({ task }: { task: TaskDetail }) {
  return (
    <Panel title="Terms" note="As the task was posted; no vote changes them." className="third">
      <Facts
        items={[
          ["Requester", <Account account={task.requester} />],
          ["Worker", <Agent id={task.agent} name={task.agent_name} />],
          ["Skill", <Untrusted text={task.skill} limit={40} plain />],
          ["Award", words(task.mode)],
          ["Reserve", <Money units={task.reserve} unit />],
          ["Price", <Money units={task.price} unit />],
          ["Market's fee", <Fee task={task} />],
          ["Bond of each bidder", <Money units={task.bond} unit />],
          ["Bidding", <Span seconds={task.bidding_window} />],
          ["Reveal", <Span seconds={task.reveal_window} />],
          ["Delivery", <Span seconds={task.delivery_window} />],
          ["Review", <Span seconds={task.review_window} />],
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
