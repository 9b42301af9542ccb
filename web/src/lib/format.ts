/** Text from figures. Money is in units: one credit is 10^6 of them. */

export const CREDIT = 1_000_000;

/** Credits with `places` decimals, cut off rather than rounded so that nobody reads more than is there. */
export function formatCredits(units: number, places = 2): string {
  const magnitude = Math.abs(units);
  const whole = Math.floor(magnitude / CREDIT).toLocaleString("en");
  const fraction = String(magnitude % CREDIT).padStart(6, "0");
  const shown = places === 0 ? "" : `.${fraction.slice(0, places)}`;
  return `${units < 0 ? "−" : ""}${whole}${shown}`;
}

/** Credits for a table cell: two decimals, or all six where two would show a nonzero amount as nothing. */
export function readableCredits(units: number): string {
  return units !== 0 && Math.abs(units) < CREDIT / 100 ? formatCredits(units, 6) : formatCredits(units);
}

/** Credits in few characters, for the axis of a chart: 0.05, 950, 1.2K, 3.4M. */
export function shortCredits(units: number): string {
  return Math.abs(units) < 10 * CREDIT ? SMALL.format(units / CREDIT) : shortNumber(units / CREDIT);
}

const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const PLAIN = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

const PLAIN9 = new Intl.NumberFormat("en", { maximumFractionDigits: 9 });

/** A number in few characters. */
export function shortNumber(value: number): string {
  return SHORT.format(value);
}

/** A number with thousands apart. */
export function formatNumber(value: number): string {
  return PLAIN.format(value);
}

/** A part of one as per cent with one decimal. */
export function formatPercent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

/** Wei, as decimal text, in ETH with up to nine decimals. */
export function formatEther(wei: string): string {
  return `${PLAIN9.format(Number(wei) / 1e18)} ETH`;
}

/** Wei in gwei. */
export function formatGwei(wei: number): string {
  return `${PLAIN.format(wei / 1e9)} gwei`;
}

/** The first and last characters of a hash or an address. */
export function shorten(hex: string, kept = 4): string {
  return hex.length > 2 * kept + 3 ? `${hex.slice(0, kept + 2)}…${hex.slice(-kept)}` : hex;
}

const STEPS: [number, string][] = [
  [86_400 * 365, "y"],
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** A span of seconds in one or two parts: 42 s, 3 min 5 s, 2 d 4 h. */
export function formatSpan(seconds: number): string {
  let rest = Math.round(Math.abs(seconds));
  const first = STEPS.findIndex(([size]) => rest >= size);
  if (first < 0) return "0 s";
  const parts: string[] = [];
  for (const [size, name] of STEPS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(" ");
}

/** A time of the chain, in unix seconds, as a date and time in the reader's zone. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `TaskAwarded` as `Task awarded`. */
export function words(name: string): string {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, (_, left: string, right: string) => {
    return `${left} ${right.toLowerCase()}`;
  });
  return apart.replace(/[-_]/g, " ").replace(/^./, (first) => first.toUpperCase());
}
