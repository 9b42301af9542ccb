import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { get, type Params, type Problem } from "./client.ts";
import type { Page } from "./types.ts";

const AGAIN_MS = 4_000;

export interface Asking<T> {
  /** Filters; those without a value are left out. */
  params?: Params;
  /** What makes the answer stale: see topics.ts. */
  topics?: readonly string[];
  /** False: do not ask (yet). */
  enabled?: boolean;
  /** Milliseconds after which to ask again even if no event came; may depend on the last answer. */
  every?: number | ((last: T | undefined) => number);
  /** Show the former answer while another page or filter is being asked for. */
  keep?: boolean;
}

const NONE: readonly string[] = [];

/** What the explorer has at a path. After a failure it is asked for again by itself. */
export function useApi<T>(path: string, asking: Asking<T> = {}): UseQueryResult<T, Problem> {
  const { params = {}, topics = NONE, enabled = true, every, keep = false } = asking;
  return useQuery<T, Problem>({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    meta: { topics },
    enabled,
    refetchInterval: ({ state }) => {
      if (state.error?.passing) return AGAIN_MS;
      return typeof every === "function" ? every(state.data) : (every ?? false);
    },
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** One page of a list; `params` has its filters and its cursor. */
export function usePage<T>(
  path: string,
  params: Params,
  topics: readonly string[],
): UseQueryResult<Page<T>, Problem> {
  return useApi<Page<T>>(path, { params, topics, keep: true });
}
