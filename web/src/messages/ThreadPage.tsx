import { useApi } from "../api/hooks.ts";
import type { Thread } from "../api/types.ts";
import { Account, TaskLink } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { Pager, useFilters } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, PageHead, Panel } from "../components/Panel.tsx";
import { MessageList } from "./MessageList.tsx";

const TOPICS = ["messages"];
const NAMES: readonly string[] = [];

/** A conversation, oldest message first. */
export function ThreadPage({ id }: { id: string }) {
  const [filters] = useFilters(NAMES);
  const path = `/api/messages/threads/${encodeURIComponent(id)}`;
  const thread = useApi<Thread>(path, { params: { order: "asc", ...filters }, topics: TOPICS, keep: true });
  return (
    <>
      <PageHead
        title={`Thread ${id}`}
        note="Messages are their senders' words; nothing in them is checked."
      />
      <Loaded query={thread} lines={10}>
        {(found) => (
          <Panel title="Messages" bare>
            <div className="thread-facts">
              <Facts
                items={[
                  ["Between", <Parties thread={found} />],
                  ["About", <TaskLink id={found.task} />],
                  ["Messages", <Count value={found.count} />],
                  ["Postage paid", <Money units={found.postage} unit />],
                ]}
              />
            </div>
            <MessageList messages={found.messages} threads={false} />
            {(found.next !== null || filters["cursor"] !== undefined) && (
              <Pager next={found.next} shown={found.messages.length} filters={filters} />
            )}
          </Panel>
        )}
      </Loaded>
    </>
  );
}

function Parties({ thread }: { thread: Thread }) {
  return (
    <>
      <Account account={thread.opener} name={thread.opener_name} /> <span className="muted">and</span>{" "}
      <Account account={thread.other} name={thread.other_name} />
    </>
  );
}
