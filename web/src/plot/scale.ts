/** From values to pixels along one axis. */
export type Scale = (value: number) => number;

/** Maps `domain` to `range` in proportion; a domain without width lands in the middle. */
export function linear(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

const STEPS = [1, 2, 2.5, 5, 10];

/** About `count` round values within the domain, in order. */
export function niceTicks([from, to]: readonly [number, number], count: number): number[] {
  const span = to - from;
  if (!(span > 0) || count < 1) return [from];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = (STEPS.find((factor) => span / (factor * power) <= count) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, nth) => (first + nth) * step);
}
