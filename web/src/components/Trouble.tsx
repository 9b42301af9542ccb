import type { ReactNode } from "react";
import { Link } from "wouter";

import { useLive } from "../api/live.ts";
import { useStatus } from "../api/status.tsx";
import { formatNumber, formatSpan } from "../lib/format.ts";
import { visible } from "../lib/text.ts";
import { Time, useNow } from "./Time.tsx";

// Blocks that the explorer may be behind without a word: it reads in batches.
const BEHIND = 3;

/** In the bar: the newest block that the explorer has read, and whether the page hears of new ones. */
export function HeadNote() {
  const { connection, head } = useLive();
  const status = useStatus();
  const newest = Math.max(head?.number ?? 0, status.data?.head?.number ?? 0);
  const number = newest > 0 ? formatNumber(newest) : "–";
  const well = connection === "live" && status.error === null && status.data?.node !== "down";
  const word = well
    ? "live"
    : connection === "connecting" && status.error === null
      ? "connecting"
      : "not live";
  return (
    <Link
      href="/blocks"
      className={`head-note ${well ? "well" : ""}`}
      title={`Newest block read; ${word}`}
      aria-label={`Block ${number}, ${word}`}
    >
      <i aria-hidden="true" />
      <span>{number}</span>
    </Link>
  );
}

/** Over a page: what is wrong with the explorer or its node, and what the page still shows. Goes away by itself. */
export function Trouble() {
  const { data, error } = useStatus();
  const block = data?.head?.number ?? null;
  if (error !== null) {
    return (
      <Banner tone="bad" title={visible(error.title)}>
        {block === null
          ? "The page tries again every few seconds."
          : `What you see is as of block ${formatNumber(block)}. The page tries again every few seconds.`}
      </Banner>
    );
  }
  if (data === undefined) return null;
  if (data.node === "down") {
    return (
      <Banner tone="bad" title="The node is down">
        <Since at={data.node_since} />
        {block === null ? "No block has been read yet." : `The last block read is ${formatNumber(block)}`}
        {data.head !== null && (
          <>
            {", "}
            <Time at={data.head.time} />.
          </>
        )}{" "}
        The explorer goes on by itself when the node answers.
      </Banner>
    );
  }
  if (data.database === "down") {
    return (
      <Banner tone="bad" title="The index's database does not answer">
        {data.trouble !== null && `${visible(data.trouble)}. `}
        {block !== null && `What you see is as of block ${formatNumber(block)}. `}
        The explorer goes on by itself when it answers.
      </Banner>
    );
  }
  if (data.behind > BEHIND) {
    return (
      <Banner tone="warn" title={`${formatNumber(data.behind)} blocks behind`}>
        {`The explorer has read ${formatNumber(block ?? 0)} of ${formatNumber(data.chain_head ?? 0)} blocks and is catching up.`}
      </Banner>
    );
  }
  return null;
}

/** Since when by the explorer's own clock: the chain's may stand elsewhere. */
function Since({ at }: { at: number }) {
  useNow();
  const gone = Math.max(0, Math.floor(Date.now() / 1000) - at);
  return <>For {formatSpan(gone)}. </>;
}

interface BannerProps {
  tone: "warn" | "bad";
  title: string;
  children: ReactNode;
}

function Banner({ tone, title, children }: BannerProps) {
  return (
    <div className={`banner ${tone}`} role="status">
      <strong>{title}.</strong> <span>{children}</span>
    </div>
  );
}
