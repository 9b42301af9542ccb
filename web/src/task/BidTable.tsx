import type { Bid, BidStatus } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Mark, type Tone } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Span, Time } from "../components/Time.tsx";
import { words } from "../lib/format.ts";
import { formatQuality } from "../lib/quality.ts";

const TONES: Record<BidStatus, Tone> = {
  sealed: "info",
  revealed: "info",
  leading: "good",
  won: "good",
  defaulted: "bad",
  lost: "neutral",
  forfeited: "bad",
  void: "warn",
};

/** What became of a bid. */
export function BidState({ status }: { status: BidStatus }) {
  return <Mark tone={TONES[status]}>{words(status)}</Mark>;
}

const COLUMNS: readonly Column<Bid>[] = [
  {
    id: "rank",
    header: "Rank",
    cell: (bid) => bid.rank ?? "–",
    sort: (bid) => bid.rank,
    end: true,
    extra: true,
  },
  {
    id: "agent",
    header: "Agent",
    cell: (bid) => <Agent id={bid.agent} name={bid.agent_name} />,
    sort: (bid) => bid.agent,
  },
  { id: "status", header: "Status", cell: (bid) => <BidState status={bid.status} /> },
  {
    id: "price",
    header: "Asks, cr",
    cell: (bid) => <Asked bid={bid} />,
    sort: (bid) => bid.price,
    end: true,
  },
  {
    id: "quality",
    header: "Quality",
    cell: (bid) => <span data-quality={bid.quality}>{formatQuality(bid.quality)}</span>,
    sort: (bid) => bid.quality,
    end: true,
  },
  {
    id: "effective",
    header: "Effective, cr",
    cell: (bid) => <Money units={bid.effective === null ? null : Math.round(bid.effective)} />,
    sort: (bid) => bid.effective,
    end: true,
  },
  {
    id: "to-win",
    header: "To win, cr",
    cell: (bid) => <Money units={bid.price_to_win} />,
    sort: (bid) => bid.price_to_win,
    end: true,
    extra: true,
  },
  { id: "paid", header: "Price, cr", cell: (bid) => <Money units={bid.price_paid} />, end: true },
  {
    id: "promised",
    header: "Promised",
    cell: (bid) => <Span seconds={bid.promised} />,
    end: true,
    extra: true,
  },
  { id: "time", header: "Committed", cell: (bid) => <Time at={bid.committed_time} />, extra: true },
  { id: "tx", header: "Transaction", cell: (bid) => <Tx hash={bid.tx} />, extra: true },
];

// An offer that was accepted directly was compared with no other.
const OFFERED = ["agent", "price", "promised", "time", "tx"];
const OFFER = COLUMNS.filter((column) => OFFERED.includes(column.id));

/** Every bid in figures, or the one offer that was accepted. */
export function BidTable({ bids, direct }: { bids: readonly Bid[]; direct: boolean }) {
  return (
    <Table
      caption={direct ? "Offer" : "Bids"}
      columns={direct ? OFFER : COLUMNS}
      rows={bids}
      rowKey={(bid) => bid.agent}
      marked={(bid) => bid.price_paid !== null}
    />
  );
}

function Asked({ bid }: { bid: Bid }) {
  return bid.price === null ? <span className="muted">sealed</span> : <Money units={bid.price} />;
}
