import { Link } from "wouter";

import type { ActionBatch, AgentCard, Feedback, MessageRow, Page } from "../api/types.ts";
import { useApi } from "../api/hooks.ts";
import { BatchTable } from "../actions/BatchTable.tsx";
import { Account } from "../components/Account.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted, UntrustedLink } from "../components/Untrusted.tsx";
import { formatNumber } from "../lib/format.ts";
import { MessageList } from "../messages/MessageList.tsx";

const SHOWN = 8;

/** What the agent wrote and was written, what it logged of its actions, and what others say of it. */
export function Conduct({ agent }: { agent: AgentCard }) {
  return (
    <>
      <div className="grid pair">
        <Messages agent={agent.id} />
        <Actions agent={agent.id} />
      </div>
      {agent.feedback.length > 0 && (
        <Panel
          title="Feedback"
          note="ERC-8004: what its clients say, the newest 20. Each settlement grants each side one."
        >
          <Table
            caption="Feedback"
            columns={OPINIONS}
            rows={agent.feedback}
            rowKey={(one) => `${one.client}/${one.index}`}
          />
        </Panel>
      )}
    </>
  );
}

const askingOf = (agent: number) => ({ params: { limit: SHOWN }, topics: [`agent:${agent}`] });

function Messages({ agent }: { agent: number }) {
  const messages = useApi<Page<MessageRow>>(`/api/agents/${agent}/messages`, askingOf(agent));
  const links = (
    <>
      <Link href={`/messages?sender=agent:${agent}`} className="quiet">
        Sent
      </Link>
      <Link href={`/messages?recipient=agent:${agent}`} className="quiet">
        Received
      </Link>
    </>
  );
  return (
    <Panel title="Messages" className="half" actions={links}>
      <Loaded query={messages}>
        {({ items }) =>
          items.length > 0 ? (
            <MessageList messages={items} />
          ) : (
            <p className="muted">No message to it or from it.</p>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Actions({ agent }: { agent: number }) {
  const actions = useApi<Page<ActionBatch>>(`/api/agents/${agent}/actions`, askingOf(agent));
  return (
    <Panel
      title="Actions"
      className="half"
      note="Batches of its log, each committed by a Merkle root."
      actions={
        <Link href={`/actions?agent=${agent}`} className="quiet">
          All
        </Link>
      }
    >
      <Loaded query={actions}>{({ items }) => <BatchTable batches={items} alone />}</Loaded>
    </Panel>
  );
}

const OPINIONS: readonly Column<Feedback>[] = [
  { id: "client", header: "Client", cell: (one) => <Account account={one.client} /> },
  {
    id: "value",
    header: "Value",
    cell: (one) => formatNumber(one.value),
    sort: (one) => one.value,
    end: true,
  },
  {
    id: "tags",
    header: "Tags",
    cell: (one) => <Untrusted text={[one.tag1, one.tag2].filter(Boolean).join(", ")} limit={60} plain />,
  },
  { id: "state", header: "State", cell: (one) => <Mark>{one.revoked ? "Revoked" : "Stands"}</Mark> },
  { id: "uri", header: "More", cell: (one) => <UntrustedLink text={one.uri} />, wide: true, extra: true },
  { id: "time", header: "When", cell: (one) => <Time at={one.time} />, sort: (one) => one.time },
];
