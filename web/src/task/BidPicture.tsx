import type { Award, Bid } from "../api/types.ts";
import type { Datum, FigureColumn } from "../components/ChartFrame.tsx";
import { formatCredits, readableCredits, shortCredits } from "../lib/format.ts";
import { PlaneFigure, type Ground, type Spot } from "../plot/Plane.tsx";
import { niceTicks } from "../plot/scale.ts";
import { formatQuality, FULL_QUALITY, shortQuality } from "../lib/quality.ts";
import { effective, isOpen, matching, runnerUp, type OpenBid } from "./standing.ts";

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

interface LinesProps {
  ground: Ground;
  across: readonly [number, number];
  highest: number;
}

/** Thin lines of equal effective price, each with its price at full quality. */
function EqualLines({ ground, across: [left, right], highest }: LinesProps) {
  const levels = niceTicks([0, (highest * FULL_QUALITY) / right], 5).filter((level) => level > 0);
  return (
    <g>
      {levels.map((level) => {
        const at = (quality: number): number => ground.y((level * quality) / FULL_QUALITY);
        return (
          <g key={level}>
            <line
              className="bid-equal"
              x1={ground.x(left)}
              y1={at(left)}
              x2={ground.x(right)}
              y2={at(right)}
            />
            <text className="bid-equal-label" x={ground.right + 5} y={at(right)} dy="0.32em">
              {shortCredits(level)} eff.
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface ReserveProps {
  ground: Ground;
  reserve: number;
  highest: number;
}

function Reserve({ ground, reserve, highest }: ReserveProps) {
  const above = reserve > highest;
  const y = above ? ground.top : ground.y(reserve);
  return (
    <g>
      {!above && <line className="bid-reserve" x1={ground.left} x2={ground.right} y1={y} y2={y} />}
      <text className="plane-tick" x={ground.right} y={y - 6} textAnchor="end">
        reserve {readableCredits(reserve)}
        {above && " ↑"}
      </text>
    </g>
  );
}

/** All that is as good as this bid, as far as the picture reaches. */
function LineThrough({
  bid,
  ground,
  across: [left, right],
  highest,
  name,
}: LinesProps & { bid: OpenBid; name: string }) {
  const end = Math.min(right, (highest * bid.quality) / bid.price);
  return (
    <line
      className={name}
      x1={ground.x(left)}
      x2={ground.x(end)}
      y1={ground.y(matching(bid, left))}
      y2={ground.y(matching(bid, end))}
    />
  );
}

interface PricePaidProps {
  ground: Ground;
  bid: OpenBid;
  price: number;
  name: string;
}

/** From what the winner asked up to the price of its award. */
function PricePaid({ ground, bid, price, name }: PricePaidProps) {
  const [x, asked, paid] = [ground.x(bid.quality), ground.y(bid.price), ground.y(price)];
  const crowded = x + 110 > ground.right;
  const near = asked - paid < 12;
  return (
    <g data-price-paid={price}>
      {asked - paid > 16 && <line className="bid-rise" x1={x} x2={x} y1={asked - 8} y2={paid + 4} />}
      <path className="bid-paid" d={`M${x - 8},${paid} h16`} />
      <text
        className="bid-paid-label"
        x={crowded ? x - 13 : x + 13}
        y={paid}
        dy={near ? "-0.7em" : crowded ? "-0.3em" : "0.34em"}
        textAnchor={crowded ? "end" : "start"}
      >
        {name} {readableCredits(price)}
      </text>
    </g>
  );
}

function Sealed({ x, ground }: { x: number; ground: Ground }) {
  return (
    <g>
      <line className="bid-sealed" x1={x} x2={x} y1={ground.top} y2={ground.bottom - 12} />
      <rect className="bid-seal" x={x - 5} y={ground.bottom - 12} width={10} height={9} rx={2} />
      <path className="bid-shackle" d={`M${x - 3},${ground.bottom - 12} v-3 a3,3 0 0 1 6,0 v3`} />
    </g>
  );
}

interface PointProps {
  ground: Ground;
  bid: OpenBid;
  rank: "winner" | "second" | "other";
  /** Where its name stands: bids of one quality lie above each other. */
  side: "left" | "right";
  named: boolean;
}

function Point({ ground, bid, rank, side, named }: PointProps) {
  const [x, y] = [ground.x(bid.quality), ground.y(bid.price)];
  return (
    <g data-agent={bid.agent} data-price={bid.price} data-quality={bid.quality} data-rank={rank}>
      <circle className={`bid-point ${rank}`} cx={x} cy={y} r={rank === "other" ? 5 : 6} />
      {(named || rank !== "other") && (
        <text
          className="bid-name"
          x={side === "left" ? x - 11 : x + 11}
          y={y}
          dy="0.34em"
          textAnchor={side === "left" ? "end" : "start"}
        >
          {bid.agent}
        </text>
      )}
    </g>
  );
}
