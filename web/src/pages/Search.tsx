import { Link, useSearchParams } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { SearchHit, SearchResult } from "../api/types.ts";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Untrusted } from "../components/Untrusted.tsx";

/** What was found for the words in the bar. */
export default function Search() {
  const [search] = useSearchParams();
  const q = (search.get("q") ?? "").trim();
  const found = useApi<SearchResult>("/api/search", { params: { q }, enabled: q !== "" });
  return (
    <>
      <PageHead title="Search" />
      {q === "" ? (
        <Empty title="What are you looking for?">
          A number finds a task, an agent or a block; 0x… an account, a transaction or a digest; words find
          titles, names, messages and documents. Press / to write.
        </Empty>
      ) : (
        <Panel title="Found">
          <Loaded query={found} lines={8}>
            {(data) => <Hits q={q} data={data} />}
          </Loaded>
        </Panel>
      )}
    </>
  );
}

function Hits({ q, data }: { q: string; data: SearchResult }) {
  return (
    <>
      {!data.words_indexed && (
        <p className="stale" role="status">
          The documents are still being read: their words are not all found yet.
        </p>
      )}
      {data.items.length === 0 ? (
        <Empty title="Nothing was found">
          There is no task, agent, account, transaction, block, message, document, proposal or skill for “
          <Untrusted text={q} limit={80} plain />
          ”.
        </Empty>
      ) : (
        <ol className="hits">
          {data.items.map((hit) => (
            <Hit key={`${hit.kind} ${hit.id}`} hit={hit} />
          ))}
        </ol>
      )}
    </>
  );
}

const NUMBERED: ReadonlySet<SearchHit["kind"]> = new Set(["task", "agent", "block", "message"]);

function Hit({ hit }: { hit: SearchHit }) {
  // The path is the explorer's own, but a document is served beside the page, not within it.
  const document = hit.path.startsWith("/content/");
  const title = <Untrusted text={hit.title} limit={160} plain />;
  return (
    <li>
      <Mark>{NUMBERED.has(hit.kind) ? `${hit.kind} ${hit.id}` : hit.kind}</Mark>
      <p className="hit-title">
        {document ? <a href={hit.path}>{title}</a> : <Link href={hit.path}>{title}</Link>}
      </p>
      {hit.snippet && (
        <p className="muted">
          <Untrusted text={hit.snippet} limit={300} plain />
        </p>
      )}
    </li>
  );
}
