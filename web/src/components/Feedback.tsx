import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Problem } from "../api/client.ts";
import { visible } from "../lib/text.ts";

/** What stands where there is nothing to show: what it is, and how it comes to be. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

/** What went wrong, in the explorer's words, with a way to try again. */
export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{visible(problem.title)}</p>
      {problem.detail && <p>{visible(problem.detail)}</p>}
      {problem.passing && <p className="muted">The page asks again by itself every few seconds.</p>}
      {retry && problem.passing && (
        <button type="button" onClick={retry}>
          Try now
        </button>
      )}
    </div>
  );
}

/** Grey lines of the height that the data will have. */
export function Skeleton({ lines = 6 }: { lines?: number | undefined }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T, Problem>;
  /** Lines of skeleton while nothing is there. */
  lines?: number;
  children: (data: T) => ReactNode;
}

/** The data, or what stands for it: a skeleton, a failure, or older data with a word that it is old. */
export function Loaded<T>({ query, lines, children }: LoadedProps<T>) {
  if (query.data === undefined) {
    if (query.error === null) return <Skeleton lines={lines} />;
    return <Failure problem={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {query.error !== null && (
        <p className="stale" role="status">
          This is what the explorer last said: {visible(query.error.title)}.
        </p>
      )}
      {children(query.data)}
    </>
  );
}
