import { memo, useMemo, useRef, useState } from "react";
import { Link } from "wouter";

import { useApi } from "../api/hooks.ts";
import { useLive } from "../api/live.ts";
import type { MarketEvent, Page } from "../api/types.ts";
import { visible } from "../lib/text.ts";
import { Empty } from "./Feedback.tsx";
import { Time } from "./Time.tsx";

const SHOWN = 40;
const PARAMS = { limit: SHOWN };

/** The newest events, as they come. It holds still while the pointer or the keyboard is in it. */
export function Ticker() {
  const { events } = useLive();
  const before = useApi<Page<MarketEvent>>("/api/events", { params: PARAMS });
  const [held, setHeld] = useState(false);
  const former = before.data?.items;
  const all = useMemo(() => {
    const oldest = events.at(-1)?.seq ?? Infinity;
    return [...events, ...(former ?? []).filter((event) => event.seq < oldest)].slice(0, SHOWN);
  }, [events, former]);
  const last = useRef(all);
  if (!held) last.current = all;
  const waiting = held ? all.findIndex((event) => event.seq === last.current[0]?.seq) : 0;
  return (
    <div
      className="ticker"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <ol className="ticker-list" aria-label="Newest events" tabIndex={0}>
        {last.current.map((event) => (
          <Line key={event.seq} event={event} />
        ))}
      </ol>
      {last.current.length === 0 && before.isSuccess && <Empty title="Nothing has happened yet" />}
      <p className="ticker-held muted">{waiting > 0 ? `${waiting} newer; held while you read` : ""}</p>
    </div>
  );
}

const Line = memo(function Line({ event }: { event: MarketEvent }) {
  return (
    <li data-seq={event.seq}>
      <Time at={event.time} />
      <Link href={`/tx/${event.tx}`}>{visible(event.text)}</Link>
    </li>
  );
});
