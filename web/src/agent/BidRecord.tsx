import type { AgentBid } from "../api/agent.ts";
import type { Page } from "../api/types.ts";
import { Agent, TaskLink } from "../components/Account.tsx";
import type { FigureColumn } from "../components/ChartFrame.tsx";
import { Empty } from "../components/Feedback.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { readableCredits, shortCredits } from "../lib/format.ts";
import { formatQuality } from "../lib/quality.ts";
import { PlaneFigure, type Ground } from "../plot/Plane.tsx";
import { BidState } from "../task/BidTable.tsx";
import "./bids.css";

/** What the agent bid, and what would have won. */
export function BidRecord({ page }: { page: Page<AgentBid> }) {
  const bids = page.items;
  if (bids.length === 0) {
    return (
      <Panel title="Bids">
        <Empty title="It never bid." />
      </Panel>
    );
  }
  return (
    <Panel
      title="Bids"
      note={page.next === null ? "All of them, newest first." : `The newest ${bids.length}.`}
      className="bid-record"
    >
      <BidsAgainstPrice bids={bids} />
      <Table caption="Bids of the agent" columns={COLUMNS} rows={bids} rowKey={(bid) => bid.task} />
    </Panel>
  );
}

const FIGURES: readonly FigureColumn[] = [
  { key: "task", label: "Task", format: String },
  { key: "status", label: "Status" },
  { key: "price", label: "Asked, credits", format: readableCredits },
  { key: "toWin", label: "Price to win, credits", format: readableCredits },
];

type Priced = AgentBid & { price: number; price_to_win: number };

function isPriced(bid: AgentBid): bid is Priced {
  return bid.price !== null && bid.price_to_win !== null;
}

const WINS = ["won", "took-over", "defaulted"];

function BidsAgainstPrice({ bids }: { bids: readonly AgentBid[] }) {
  const priced = bids.filter(isPriced);
  const most = Math.max(1, ...priced.flatMap((bid) => [bid.price, bid.price_to_win])) * 1.06;
  const axis = { domain: [0, most], format: shortCredits } as const;
  return (
    <PlaneFigure
      title="Asked against the price to win"
      caption="One mark a bid, in credits; filled ones won. Above the line it asked too much to win, below it less than it could have."
      x={{ ...axis, label: "Price to win, credits" }}
      y={{ ...axis, label: "Asked, credits" }}
      spots={priced.map((bid) => ({ x: bid.price_to_win, y: bid.price, text: sentence(bid) }))}
      columns={FIGURES}
      rows={priced.map(({ task, status, price, price_to_win: toWin }) => ({ task, status, price, toWin }))}
      height={320}
    >
      {(ground) => (
        <>
          <Diagonal ground={ground} most={most} />
          {priced.map((bid) => (
            <circle
              key={bid.task}
              className={WINS.includes(bid.status) ? "bid-mark won" : "bid-mark"}
              cx={ground.x(bid.price_to_win)}
              cy={ground.y(bid.price)}
              r={4.5}
              data-task={bid.task}
              data-price={bid.price}
              data-to-win={bid.price_to_win}
            />
          ))}
        </>
      )}
    </PlaneFigure>
  );
}

function Diagonal({ ground, most }: { ground: Ground; most: number }) {
  return (
    <g>
      <line
        className="bid-diagonal"
        x1={ground.x(0)}
        y1={ground.y(0)}
        x2={ground.x(most)}
        y2={ground.y(most)}
      />
      <text className="plane-tick" x={ground.left + 10} y={ground.top + 14}>
        asked too much to win
      </text>
      <text className="plane-tick" x={ground.right - 6} y={ground.bottom - 10} textAnchor="end">
        asked less than it could have
      </text>
    </g>
  );
}

function sentence(bid: Priced): string {
  const [asked, toWin] = [readableCredits(bid.price), readableCredits(bid.price_to_win)];
  return `Task ${bid.task}: asked ${asked} credits, ${toWin} would have won, ${bid.status}`;
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
  { id: "paid", header: "Paid, cr", cell: (bid) => <Money units={bid.price_paid} />, end: true, extra: true },
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
