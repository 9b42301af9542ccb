import { useSyncExternalStore } from "react";

import { live } from "../api/live.ts";
import { ChainTime } from "../lib/clock.ts";
import { formatNumber, formatSpan, formatTime } from "../lib/format.ts";

const here = (): number => Math.floor(Date.now() / 1000);

/** The chain's clock, which ticks once a second for all who show a time. */
class Clock {
  private readonly listeners = new Set<() => void>();
  private timer = 0;
  private readonly time = new ChainTime();
  private now = here();

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) this.timer = window.setInterval(() => this.tick(), 1_000);
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) window.clearInterval(this.timer);
    };
  };

  readonly snapshot = (): number => this.now;

  private tick(): void {
    this.now = this.time.at(here(), live.snapshot().head);
    for (const listener of this.listeners) listener();
  }
}

const clock = new Clock();

/** Now, in seconds of the chain; changes once a second. */
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.snapshot);
}

function distance(from: number, to: number): string {
  const [span, future] = [Math.abs(to - from), to > from];
  const text = span < 60 ? `${span} s` : formatSpan(span).split(" ").slice(0, 2).join(" ");
  return future ? `in ${text}` : `${text} ago`;
}

/** A time of the chain: how far from now, with the date in the tooltip; or the date itself. */
export function Time({ at, full = false }: { at: number | null | undefined; full?: boolean }) {
  if (!at) return <span className="none">–</span>;
  const iso = new Date(at * 1000).toISOString();
  if (full) {
    return (
      <time className="time" dateTime={iso} data-at={at}>
        {formatTime(at)}
      </time>
    );
  }
  return (
    <time className="time" dateTime={iso} data-at={at} title={formatTime(at)}>
      <Ago at={at} />
    </time>
  );
}

function Ago({ at }: { at: number }) {
  // As a string, so that a row whose text stays the same is not drawn again.
  const text = useSyncExternalStore(clock.subscribe, () => distance(clock.snapshot(), at));
  return <>{text}</>;
}

/** A span of seconds. */
export function Span({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <span className="none">–</span>;
  return <span title={`${formatNumber(seconds)} seconds`}>{formatSpan(seconds)}</span>;
}
