import { readableCredits, shortCredits } from "../lib/format.ts";
import { FULL_QUALITY } from "../lib/quality.ts";
import type { Ground } from "../plot/Plane.tsx";
import { niceTicks } from "../plot/scale.ts";
import { matching, type OpenBid } from "./standing.ts";

interface LinesProps {
  ground: Ground;
  across: readonly [number, number];
  highest: number;
}

/** Thin lines of equal effective price, each with its price at full quality. */
export function EqualLines({ ground, across: [left, right], highest }: LinesProps) {
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

/** The most that the task pays; at the top where it lies above the picture. */
export function Reserve({ ground, reserve, highest }: ReserveProps) {
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
export function LineThrough({
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
export function PricePaid({ ground, bid, price, name }: PricePaidProps) {
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

/** A bid of which only the quality is known. */
export function Sealed({ x, ground }: { x: number; ground: Ground }) {
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

/** An opened bid. */
export function Point({ ground, bid, rank, side, named }: PointProps) {
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
