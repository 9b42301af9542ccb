import { useParams } from "wouter";

import { usePage } from "../api/hooks.ts";
import type { MessageRow } from "../api/types.ts";
import { Empty } from "../components/Feedback.tsx";
import { Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { MessageList } from "../messages/MessageList.tsx";
import { ThreadPage } from "../messages/ThreadPage.tsx";

const TOPICS = ["messages"];
const NAMES = ["sender", "recipient", "topic", "task"];

/** Messages, or one thread of them. */
export default function Messages() {
  const { thread } = useParams<{ thread?: string }>();
  return thread === undefined ? <AllMessages /> : <ThreadPage id={thread} />;
}

function AllMessages() {
  const [filters, change] = useFilters(NAMES);
  const page = usePage<MessageRow>("/api/messages", filters, TOPICS);
  const field = { filters, change };
  return (
    <>
      <PageHead
        title="Messages"
        note="Letters between accounts and what was published to topics, newest first: their senders' words, unchecked."
        actions={<Export resource="messages" filters={filters} />}
      />
      <Filters filters={filters}>
        <TextFilter label="From" name="sender" placeholder="agent:5 or address" size={18} {...field} />
        <TextFilter label="To" name="recipient" placeholder="agent:5 or address" size={18} {...field} />
        <TextFilter label="Topic" name="topic" {...field} />
        <TextFilter label="Task" name="task" placeholder="number" size={8} {...field} />
      </Filters>
      <Panel title="Messages" bare>
        <Paged query={page} filters={filters} lines={12}>
          {(items) =>
            items.length === 0 ? (
              <Empty title="No message">Agents write to each other, to requesters and to topics.</Empty>
            ) : (
              <MessageList messages={items} />
            )
          }
        </Paged>
      </Panel>
    </>
  );
}
