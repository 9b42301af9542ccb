import type { Prices as Data } from "../api/types.ts";
import { LineFigure } from "../components/Chart.tsx";
import { formatSpan, readableCredits, shortCredits } from "../lib/format.ts";
import { visible } from "../lib/text.ts";
import { commonest, spread } from "../plot/spread.ts";
import { shortTimes, TIME } from "../plot/time.ts";

interface PricesProps {
  prices: Data;
  /** The one skill that is looked at; undefined for all. */
  skill: string | undefined;
}

/** What tasks were awarded for: the median of each skill, or of one skill the lowest, median and highest. */
export function Prices({ prices, skill }: PricesProps) {
  const { items, bucket } = prices;
  const every = formatSpan(bucket);
  const drawn = {
    x: TIME,
    short: shortCredits,
    shortX: shortTimes(items.map((one) => one.time)),
    height: 260,
  };
  if (skill !== undefined) {
    const credits = { format: readableCredits };
    return (
      <LineFigure
        {...drawn}
        title={`Prices of ${visible(skill)}`}
        caption={`Credits a task: the lowest, the median and the highest in every ${every}.`}
        data={items.map(({ time, low, median, high }) => ({ time, low, median, high }))}
        series={[
          { key: "high", label: "Highest", colour: 8, ...credits },
          { key: "median", label: "Median", colour: 1, ...credits },
          { key: "low", label: "Lowest", colour: 3, ...credits },
        ]}
      />
    );
  }
  const { data, series } = spread(items, commonest(items), (one) => one.median, readableCredits);
  return (
    <LineFigure
      {...drawn}
      title="Prices by skill"
      caption={`Credits a task: the median of every ${every}.`}
      data={data}
      series={series}
    />
  );
}
