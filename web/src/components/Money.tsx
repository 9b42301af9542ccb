import { formatCredits, readableCredits } from "../lib/format.ts";

interface MoneyProps {
  /** Units; a dash where there is none. */
  units: number | null | undefined;
  /** Show a plus before what comes in. */
  signed?: boolean;
  /** Name the currency, where no heading does. */
  unit?: boolean;
}

/** An amount of credits; all six decimals are in the tooltip, and the units in `data-units`. */
export function Money({ units, signed = false, unit = false }: MoneyProps) {
  if (units === null || units === undefined) return <span className="none">–</span>;
  return (
    <span className="money" data-units={units} title={`${formatCredits(units, 6)} credits`}>
      {signed && units > 0 ? "+" : ""}
      {readableCredits(units)}
      {unit && <span className="unit"> cr</span>}
    </span>
  );
}
