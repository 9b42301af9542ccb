import type { TaskDetail, TimelineItem } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { BlockLink, Tx } from "../components/Hash.tsx";
import { Panel } from "../components/Panel.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatSpan, words } from "../lib/format.ts";

const GOOD = ["TaskSettled", "TaskEvaluated", "TaskAwarded", "ResultSubmitted"];
const BAD = [
  "TaskRejected",
  "TaskDefaulted",
  "TaskRefunded",
  "TaskExpired",
  "TaskCancelled",
  "BondForfeited",
];

/** All that happened to the task, in order, each with its transaction. */
export function Timeline({ task }: { task: TaskDetail }) {
  return (
    <Panel
      title="Timeline"
      className="two-thirds"
      note="Every event of the task, oldest first; times count from its posting."
    >
      <ol className="timeline">
        {task.timeline.map((item) => (
          <Happening key={item.seq} item={item} since={task.created_time} />
        ))}
      </ol>
    </Panel>
  );
}

function Happening({ item, since }: { item: TimelineItem; since: number }) {
  return (
    <li className={toneOf(item.event)} data-event={item.event}>
      <p className="timeline-time">
        <span className="timeline-offset">
          {item.time === since ? "0 s" : `+${formatSpan(item.time - since)}`}
        </span>
        <span className="muted">
          <Time at={item.time} />
        </span>
      </p>
      <div>
        <p className="timeline-event">{words(item.event)}</p>
        <p>
          <Untrusted text={item.text} limit={300} />
        </p>
        <p className="timeline-place muted">
          block <BlockLink number={item.block} /> · <Tx hash={item.tx} />
          {item.sender !== null && (
            <>
              {" "}
              · sent by <Account account={item.sender} />
            </>
          )}
        </p>
      </div>
    </li>
  );
}

function toneOf(event: string): string | undefined {
  if (GOOD.includes(event)) return "good";
  return BAD.includes(event) ? "bad" : undefined;
}
