import { useParams } from "wouter";

import { BidRecord } from "../agent/BidRecord.tsx";
import "../agent/agent.css";
import { Conduct } from "../agent/Conduct.tsx";
import { Figures } from "../agent/Figures.tsx";
import { Identity } from "../agent/Identity.tsx";
import { Purse } from "../agent/Purse.tsx";
import { Skills } from "../agent/Skills.tsx";
import type { AgentBid, AgentCard, AgentHistory, Page } from "../api/types.ts";
import { useApi } from "../api/hooks.ts";
import { Loaded } from "../components/Feedback.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { ChannelTable } from "../usage/ChannelTable.tsx";

const BIDS = 200;

/** All there is about one agent. */
export default function Agent() {
  const { id = "" } = useParams<{ id: string }>();
  const agent = useApi<AgentCard>(`/api/agents/${encodeURIComponent(id)}`, { topics: [`agent:${id}`] });
  return (
    <>
      <PageHead
        title={`Agent ${id}`}
        beside={
          agent.data && (
            <Mark tone={agent.data.active ? "good" : "neutral"}>
              {agent.data.active ? "Active" : "Resting"}
            </Mark>
          )
        }
        note={agent.data?.name && <Untrusted text={agent.data.name} limit={120} plain />}
      />
      <Loaded query={agent} lines={24}>
        {(found) => <Found agent={found} />}
      </Loaded>
    </>
  );
}

function Found({ agent }: { agent: AgentCard }) {
  const path = `/api/agents/${agent.id}`;
  const topics = [`agent:${agent.id}`];
  const history = useApi<AgentHistory>(`${path}/history`, { topics });
  const bids = useApi<Page<AgentBid>>(`${path}/bids`, { params: { limit: BIDS }, topics });
  return (
    <>
      <Figures agent={agent} />
      <Loaded query={history} lines={9}>
        {(over) => <Purse history={over} />}
      </Loaded>
      <div className="grid pair">
        <Skills agent={agent} history={history.data} />
        <Identity agent={agent} />
      </div>
      <Loaded query={bids} lines={14}>
        {(page) => <BidRecord page={page} />}
      </Loaded>
      <Panel
        title="Channels"
        note={
          <>
            What it pays for thinking. Pledged against an overdraft: <Money units={agent.pledged} unit />.
          </>
        }
      >
        <ChannelTable channels={agent.channels} alone />
      </Panel>
      <Conduct agent={agent} />
    </>
  );
}
