import type { Award, Bid } from "../api/types.ts";
import type { Datum, FigureColumn } from "../components/ChartFrame.tsx";
import { formatCredits, readableCredits, shortCredits } from "../lib/format.ts";
import { PlaneFigure, type Spot } from "../plot/Plane.tsx";
import { formatQuality, shortQuality } from "../lib/quality.ts";
import { EqualLines, LineThrough, Point, PricePaid, Reserve, Sealed } from "./BidMarks.tsx";
import { effective, isOpen, runnerUp, type OpenBid } from "./standing.ts";

interface BidPictureProps {
  bids: readonly Bid[];
  /** Units. */
  reserve: number;
  award: Award | null;
  /** Whether the winner got its price, or is only to get it. */
  paid: boolean;
}

const COLUMNS: readonly FigureColumn[] = [
  { key: "agent", label: "Agent", format: String },
  { key: "status", label: "Status" },
  { key: "price", label: "Price, credits", format: readableCredits },
  { key: "quality", label: "Quality", format: formatQuality },
  { key: "effective", label: "Effective, credits", format: readableCredits },
  { key: "paid", label: "Price of the award, credits", format: readableCredits },
];
// Beyond so many, names would hide each other.
const NAMED = 12;

/** Bids by quality and price. Those on one line from the origin are equally good; the flattest line wins. */
export function BidPicture({ bids, reserve, award, paid }: BidPictureProps) {
  const open = bids.filter(isOpen);
  const sealed = bids.filter((bid) => bid.price === null);
  const across = qualityDomain(bids.map((bid) => bid.quality));
  const highest = heightOf(reserve, [...open.map((bid) => bid.price), award?.price ?? 0]);
  const winner = open.find((bid) => bid.agent === award?.winner.id);
  const second = winner && runnerUp(open, winner.agent);
  const drawn = { across, highest };
  return (
    <PlaneFigure
      title="Bids"
      caption={captionOf(bids)}
      x={{ domain: across, label: "Quality of the bidder", format: shortQuality }}
      y={{ domain: [0, highest], label: "Price, credits", format: shortCredits }}
      beside={38}
      spots={[...open.map(spotOf), ...sealed.map(sealedSpot)]}
      columns={COLUMNS}
      rows={bids.map(rowOf)}
    >
      {(ground) => (
        <>
          <EqualLines ground={ground} {...drawn} />
          <Reserve ground={ground} reserve={reserve} highest={highest} />
          {second && <LineThrough bid={second} ground={ground} {...drawn} name="bid-line second" />}
          {winner && <LineThrough bid={winner} ground={ground} {...drawn} name="bid-line winner" />}
          {sealed.map((bid) => (
            <Sealed key={bid.agent} x={ground.x(bid.quality)} ground={ground} />
          ))}
          {winner && award && (
            <PricePaid ground={ground} bid={winner} price={award.price} name={paid ? "paid" : "price"} />
          )}
          {drawnLast(open, winner).map((bid, nth) => (
            <Point
              key={bid.agent}
              ground={ground}
              bid={bid}
              side={bid === winner || nth % 2 === 0 ? "left" : "right"}
              rank={bid === winner ? "winner" : bid === second ? "second" : "other"}
              named={open.length <= NAMED}
            />
          ))}
        </>
      )}
    </PlaneFigure>
  );
}

/** At least an eighth of the scale wide, so that newcomers of one quality do not fill the picture. */
function qualityDomain(qualities: readonly number[]): [number, number] {
  const low = Math.min(...qualities) - 250;
  return [low, Math.max(Math.max(...qualities) + 250, low + 1_250)];
}

/** Up to the reserve, or, where all prices are far below it, a little above them. */
function heightOf(reserve: number, prices: readonly number[]): number {
  const dearest = Math.max(...prices);
  return dearest > 0 && reserve > 2 * dearest ? 1.4 * dearest : 1.1 * Math.max(reserve, dearest);
}

/** The winner last, so that no other hides it. */
function drawnLast(bids: readonly OpenBid[], winner: OpenBid | undefined): OpenBid[] {
  return winner ? [...bids.filter((bid) => bid !== winner), winner] : [...bids];
}

function captionOf(bids: readonly Bid[]): string {
  const open = bids.filter(isOpen).length;
  const sealed = bids.filter((bid) => bid.status === "sealed").length;
  const never = bids.length - open - sealed;
  const parts = [
    `${open} opened ${open === 1 ? "bid" : "bids"} by quality and price`,
    ...(sealed > 0 ? [`${sealed} still sealed, whose price nobody knows`] : []),
    ...(never > 0 ? [`${never} never opened`] : []),
  ];
  return `${parts.join("; ")}. Along a slanted line all bids are equally good (price ÷ quality, “effective”); the lowest line wins.`;
}

function spotOf(bid: OpenBid): Spot {
  const [price, whole] = [formatCredits(bid.price), formatCredits(Math.round(effective(bid)))];
  const text = `Agent ${bid.agent}: ${price} credits ÷ quality ${formatQuality(bid.quality)} = ${whole} effective`;
  return { x: bid.quality, y: bid.price, text };
}

function sealedSpot(bid: Bid): Spot {
  return {
    x: bid.quality,
    y: 0,
    text: `Agent ${bid.agent}: ${bid.status}, quality ${formatQuality(bid.quality)}`,
  };
}

function rowOf(bid: Bid): Datum {
  const { agent, status, price, quality, price_paid } = bid;
  return { agent, status, price, quality, effective: isOpen(bid) ? effective(bid) : null, paid: price_paid };
}
