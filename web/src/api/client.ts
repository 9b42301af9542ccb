import { QueryClient } from "@tanstack/react-query";

/** What the explorer answers instead of data (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";

  /**
   * @param status The HTTP status; 0 where nothing answered.
   * @param title What went wrong, in a few words.
   * @param detail What it was about and what to do.
   */
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail || title);
  }

  /** Whether asking again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Filters of a list; those without a value are left out. */
export type Params = Record<string, string | number | boolean | null | undefined>;

/** The path with the parameters that have a value. */
export function withParams(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(response: Response): Promise<Problem> {
  const title = response.statusText || `HTTP ${response.status}`;
  if (!(response.headers.get("content-type") ?? "").includes("json")) {
    return new Problem(response.status, title, "");
  }
  const body = (await response.json()) as { title?: unknown; detail?: unknown };
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return new Problem(response.status, text(body.title) || title, text(body.detail));
}

/** Sends a request to the explorer; throws a Problem where it is not answered with success. */
export async function request(path: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem(
      0,
      "The explorer does not answer",
      "Is it still running? The page tries again by itself.",
    );
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** What the explorer has at a path; throws a Problem. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const response = await request(withParams(path, params), {
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
    queryMeta: { topics: readonly string[] };
  }
}

const RETRIES = 1;

/** The cache of everything that was asked. Data is fresh until an event says otherwise: see live.ts. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      networkMode: "always",
      refetchOnWindowFocus: true,
      retry: (failures, problem) => problem.passing && failures < RETRIES,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
    },
    mutations: { networkMode: "always" },
  },
});
