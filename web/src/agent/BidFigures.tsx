import type { AgentBid } from "../api/types.ts";
import { LineFigure } from "../components/Chart.tsx";
import type { FigureColumn } from "../components/ChartFrame.tsx";
import { formatPercent, readableCredits, shortCredits } from "../lib/format.ts";
import { Diagonal, PlaneFigure, type Ground } from "../plot/Plane.tsx";

/** A bid whose price is known, and what would have won. */
type Priced = AgentBid & { price: number; price_to_win: number };

export function isPriced(bid: AgentBid): bid is Priced {
  return bid.price !== null && bid.price_to_win !== null;
}

const FIGURES: readonly FigureColumn[] = [
  { key: "task", label: "Task", format: String },
  { key: "status", label: "Status" },
  { key: "price", label: "Asked, credits", format: readableCredits },
  { key: "toWin", label: "Price to win, credits", format: readableCredits },
];

/** Each bid against the price at which it would have won. */
export function AgainstPrice({ bids }: { bids: readonly Priced[] }) {
  const most = Math.max(1, ...bids.flatMap((bid) => [bid.price, bid.price_to_win])) * 1.06;
  const axis = { domain: [0, most], format: shortCredits } as const;
  return (
    <PlaneFigure
      title="Asked against the price to win"
      caption="One mark a bid, in credits; filled ones won. Above the line it asked too much."
      x={{ ...axis, label: "Price to win, credits" }}
      y={{ ...axis, label: "Asked, credits" }}
      spots={bids.map((bid) => ({ x: bid.price_to_win, y: bid.price, text: sentence(bid) }))}
      columns={FIGURES}
      rows={bids.map(({ task, status, price, price_to_win: toWin }) => ({ task, status, price, toWin }))}
      height={320}
    >
      {(ground) => (
        <>
          <Diagonal ground={ground} end={most} />
          <Sides ground={ground} />
          {bids.map((bid) => (
            <circle
              key={bid.task}
              className={bid.price_paid !== null ? "bid-mark won" : "bid-mark"}
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

function Sides({ ground }: { ground: Ground }) {
  return (
    <g>
      <text className="plane-tick" x={ground.left + 8} y={ground.top + 12}>
        asked too much to win
      </text>
      <text className="plane-tick" x={ground.right - 4} y={ground.bottom - 8} textAnchor="end">
        asked less than would have won
      </text>
    </g>
  );
}

function sentence(bid: Priced): string {
  const [asked, toWin] = [readableCredits(bid.price), readableCredits(bid.price_to_win)];
  return `Task ${bid.task}: asked ${asked} credits, ${toWin} would have won, ${bid.status}`;
}

/** How near its bids came to the price to win, in the order in which it made them. */
export function InTurn({ bids }: { bids: readonly Priced[] }) {
  const ordered = [...bids].sort(
    (one, other) => one.committed_time - other.committed_time || one.task - other.task,
  );
  return (
    <LineFigure
      title="Its bids in turn"
      caption="What it asked and what would have won, as parts of the task's reserve."
      data={ordered.map((bid, before) => ({
        nth: before + 1,
        asked: bid.price / bid.reserve,
        toWin: bid.price_to_win / bid.reserve,
      }))}
      x={{ key: "nth", label: "Bid", format: String }}
      series={[
        { key: "asked", label: "Asked", format: formatPercent, colour: 1 },
        { key: "toWin", label: "Price to win", format: formatPercent, colour: 2 },
      ]}
      short={(part) => `${Math.round(part * 100)}\u00a0%`}
      height={320}
    />
  );
}
