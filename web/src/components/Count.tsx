import { formatNumber } from "../lib/format.ts";

/** A number with thousands apart; the plain number is in `data-value`. */
export function Count({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span className="none">–</span>;
  return <span data-value={value}>{formatNumber(value)}</span>;
}
