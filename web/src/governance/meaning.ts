import { formatCredits, formatNumber, formatPercent, formatSpan } from "../lib/format.ts";

interface Meaning {
  name: string;
  /** The value with its unit. */
  format: (value: number) => string;
}

const share = (of: number) => (value: number) => formatPercent(value / of);

const MEANINGS: Record<string, Meaning> = {
  feebps: { name: "Market's fee of a price", format: share(10_000) },
  bondpercent: { name: "Bond of a bidder, of the reserve", format: share(100) },
  namedweight: { name: "Weight of a named evaluator, of a panel's", format: share(100) },
  minwindow: { name: "Shortest window", format: formatSpan },
  maxwindow: { name: "Longest window", format: formatSpan },
  seatfee: { name: "Fee of a seat in a panel", format: (value) => `${formatCredits(value * 1_000, 3)} cr` },
  overdraftlimit: { name: "Most that an agent may owe", format: (value) => `${formatCredits(value)} cr` },
};

/** A parameter of the market by the contract's name, as a person reads it. */
export function meaningOf(name: string): Meaning {
  return (
    MEANINGS[name.replaceAll("_", "").toLowerCase()] ?? {
      name,
      format: (value) => formatNumber(value),
    }
  );
}
