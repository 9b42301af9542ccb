import { useState } from "react";

import { formatNumber } from "../lib/format.ts";
import { safeLink, visible } from "../lib/text.ts";

interface UntrustedProps {
  text: string | null | undefined;
  /** Characters shown before "show all". */
  limit?: number;
  /** Keep line breaks, as for a document. */
  block?: boolean;
  /** Cut off without a way to the rest, as inside a link. */
  plain?: boolean;
}

const LIMIT = 2_000;

/** Text that somebody else wrote: never interpreted, apart from what stands around it, and nothing in it hidden. */
export function Untrusted({ text, limit = LIMIT, block = false, plain = false }: UntrustedProps) {
  const [whole, setWhole] = useState(false);
  if (text === null || text === undefined || text === "") return <span className="none">–</span>;
  const long = text.length > limit;
  const shown = visible(long && !whole ? `${text.slice(0, limit).trimEnd()}…` : text);
  const body = block ? <pre className="untrusted">{shown}</pre> : <bdi className="untrusted">{shown}</bdi>;
  if (!long || plain) return body;
  return (
    <>
      {body}{" "}
      <button type="button" className="quiet" onClick={() => setWhole(!whole)}>
        {whole ? "show less" : `show all ${formatNumber(text.length)} characters`}
      </button>
    </>
  );
}

/** An address that somebody else wrote: a link only if it is http(s), and one that tells and passes on nothing. */
export function UntrustedLink({ text }: { text: string | null | undefined }) {
  const href = text ? safeLink(text) : null;
  if (href === null) return <Untrusted text={text} limit={200} />;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      <Untrusted text={text} limit={200} plain />
    </a>
  );
}
