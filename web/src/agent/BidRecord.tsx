import { useState } from "react";

import type { AgentBid, Page } from "../api/types.ts";
import { Agent, TaskLink } from "../components/Account.tsx";
import { Empty } from "../components/Feedback.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatQuality } from "../lib/quality.ts";
import { BidState } from "../task/BidTable.tsx";
import { AgainstPrice, isPriced, InTurn } from "./BidFigures.tsx";
import "./bids.css";

const SHOWN = 15;

/** What the agent bid, and what would have won. */
export function BidRecord({ page }: { page: Page<AgentBid> }) {
  const [all, setAll] = useState(false);
  const bids = page.items;
  if (bids.length === 0) {
    return (
      <Panel title="Bids">
        <Empty title="It never bid." />
      </Panel>
    );
  }
  const priced = bids.filter(isPriced);
  return (
    <Panel
      title="Bids"
      note={page.next === null ? "All of them, newest first." : `The newest ${bids.length}.`}
    >
      <div className="grid bid-figures">
        <div className="half">
          <AgainstPrice bids={priced} />
        </div>
        <div className="half">
          <InTurn bids={priced} />
        </div>
      </div>
      <Table
        caption="Bids of the agent"
        columns={COLUMNS}
        rows={all ? bids : bids.slice(0, SHOWN)}
        rowKey={(bid) => bid.task}
      />
      {bids.length > SHOWN && (
        <p className="more">
          <button type="button" className="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `Show ${SHOWN}` : `Show all ${bids.length}`}
          </button>
        </p>
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<AgentBid>[] = [
  {
    id: "task",
    header: "Task",
    cell: (bid) => <TaskLink id={bid.task} title={bid.title} />,
    sort: (bid) => bid.task,
    wide: true,
  },
  {
    id: "skill",
    header: "Skill",
    cell: (bid) => <Untrusted text={bid.skill} limit={20} plain />,
    extra: true,
  },
  {
    id: "status",
    header: "Status",
    cell: (bid) => <BidState status={bid.status} />,
    sort: (bid) => bid.status,
  },
  {
    id: "price",
    header: "Asked, cr",
    cell: (bid) => <Money units={bid.price} />,
    sort: (bid) => bid.price,
    end: true,
  },
  {
    id: "to-win",
    header: "To win, cr",
    cell: (bid) => <Money units={bid.price_to_win} />,
    sort: (bid) => bid.price_to_win,
    end: true,
  },
  {
    id: "paid",
    header: "Price, cr",
    cell: (bid) => <Money units={bid.price_paid} />,
    end: true,
    extra: true,
  },
  {
    id: "reserve",
    header: "Reserve, cr",
    cell: (bid) => <Money units={bid.reserve} />,
    end: true,
    extra: true,
  },
  { id: "quality", header: "Quality", cell: (bid) => formatQuality(bid.quality), end: true, extra: true },
  { id: "score", header: "Score", cell: (bid) => bid.score ?? "–", end: true, extra: true },
  {
    id: "winner",
    header: "Winner",
    cell: (bid) => <Agent id={bid.winner} name={bid.winner_name} />,
    extra: true,
  },
  {
    id: "time",
    header: "Bid",
    cell: (bid) => <Time at={bid.committed_time} />,
    sort: (bid) => bid.committed_time,
    extra: true,
  },
];
