import type { FigureColumn } from "../components/ChartFrame.tsx";
import { formatTime } from "../lib/format.ts";

/** The foot of a chart over chain time. */
export const TIME: FigureColumn = { key: "time", label: "Time", format: formatTime };

const DAY = 86_400;

/** Times in few characters: the hour within a day or two, else the date. */
export function shortTimes(times: readonly number[]): (time: number) => string {
  const span = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0;
  return (time) => {
    const text = formatTime(time);
    if (span < 600) return text.slice(11, 19);
    return span < 2 * DAY ? text.slice(11, 16) : text.slice(5, 10);
  };
}
