import { useState } from "react";
import { Link } from "wouter";

import { formatNumber, shorten } from "../lib/format.ts";

interface HashProps {
  value: string | null | undefined;
  /** Where it leads, within this page. */
  href?: string;
  /** Characters kept at each end; 0 keeps all. */
  kept?: number;
  /** Offer to copy it. */
  copy?: boolean;
}

/** A hash, an address or a digest: shortened, whole in the tooltip. */
export function Hash({ value, href, kept = 4, copy = false }: HashProps) {
  if (!value) return <span className="none">–</span>;
  const text = kept === 0 ? value : shorten(value, kept);
  return (
    <span className="hash" title={value}>
      {href ? <Link href={href}>{text}</Link> : text}
      {copy && <Copy text={value} />}
    </span>
  );
}

/** A transaction's hash, as a link to it. */
export function Tx({ hash }: { hash: string | null | undefined }) {
  return hash ? <Hash value={hash} href={`/tx/${hash}`} /> : <Hash value={hash} />;
}

/** A block's number, as a link to it. */
export function BlockLink({ number }: { number: number | null | undefined }) {
  if (number === null || number === undefined) return <span className="none">–</span>;
  return <Link href={`/blocks/${number}`}>{formatNumber(number)}</Link>;
}

/** A button that puts a text on the clipboard. */
export function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    window.setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <button type="button" className="copy" onClick={() => void copy()} aria-label={`Copy ${shorten(text)}`}>
      {copied ? "copied" : "copy"}
    </button>
  );
}
