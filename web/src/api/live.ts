import type { Query } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import { queries } from "./client.ts";
import { topicsOf } from "./topics.ts";
import type { BlockNote, MarketEvent } from "./types.ts";

/** What the page knows from the stream of events. */
export interface LiveState {
  /** "lost" while the stream is being taken up again. */
  connection: "connecting" | "live" | "lost";
  /** The newest events, newest first. */
  events: readonly MarketEvent[];
  /** The newest block that the explorer has read. */
  head: BlockNote | null;
}

const KEPT = 200;
const SHOW_MS = 250;
const REFETCH_MS = 1_000;
// After a quiet time the first event need not wait, but for the others of its block.
const SOON_MS = 40;
const HIDDEN_MS = 15_000;
const FORGET_MS = 120_000;
const LONGEST_WAIT_MS = 10_000;

function waitAfter(last: number, apart: number): number {
  return Math.max(SOON_MS, last + apart - Date.now());
}

/**
 * The page's one stream of events.
 *
 * What arrives is shown at most four times a second and makes stale, at most once a second, the answers that it touches.
 * A lost stream is taken up again where it ended. A page that nobody sees lets go of its stream, since a browser
 * has few connections to one server, and takes it up again when it is seen.
 */
class Live {
  private state: LiveState = { connection: "connecting", events: [], head: null };
  private source: EventSource | null = null;
  private last = "";
  private lostAt = 0;
  private failures = 0;
  private arrived: MarketEvent[] = [];
  private arrivedHead: BlockNote | null = null;
  private showing = false;
  private shownAt = 0;
  private refetchedAt = 0;
  private readonly dirty = new Set<string>();
  private everything = false;
  private refetching = false;
  private readonly listeners = new Set<() => void>();

  /** Opens the stream, for as long as the page lives. */
  start(): void {
    this.open();
    let letGo = 0;
    document.addEventListener("visibilitychange", () => {
      window.clearTimeout(letGo);
      if (document.hidden) letGo = window.setTimeout(() => this.close(), HIDDEN_MS);
      else if (this.source === null) this.open();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): LiveState => this.state;

  private set(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private open(): void {
    if (this.lostAt > 0 && Date.now() - this.lostAt > FORGET_MS) {
      this.last = "";
      this.set({ events: [] });
    }
    const source = new EventSource(this.last ? `/events?after=${encodeURIComponent(this.last)}` : "/events");
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      if (this.lostAt > 0) this.refetchAll();
      this.lostAt = 0;
      this.set({ connection: "live" });
    };
    source.onerror = () => this.lost(source);
    const on = (name: string, take: (data: string) => void): void => {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId) this.last = event.lastEventId;
        take(event.data);
      });
    };
    on("market", (data) => this.market(JSON.parse(data) as MarketEvent));
    on("block", (data) => this.block(JSON.parse(data) as BlockNote));
    on("reorg", (data) => this.reorg(JSON.parse(data) as { ancestor: number }));
    on("status", () => this.touch(["status"]));
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    if (this.lostAt === 0) this.lostAt = Date.now();
  }

  private lost(source: EventSource): void {
    if (this.source !== source) return;
    this.close();
    this.set({ connection: "lost" });
    this.failures += 1;
    const wait = Math.min(500 * 2 ** this.failures, LONGEST_WAIT_MS);
    window.setTimeout(() => {
      if (this.source === null && !document.hidden) this.open();
    }, wait);
  }

  private market(event: MarketEvent): void {
    this.arrived.push(event);
    this.touch(topicsOf(event));
    this.show();
  }

  private block(head: BlockNote): void {
    this.arrivedHead = head;
    this.touch(["blocks"]);
    this.show();
  }

  private reorg({ ancestor }: { ancestor: number }): void {
    this.arrived = this.arrived.filter((event) => event.block <= ancestor);
    this.arrivedHead = null;
    this.set({ events: this.state.events.filter((event) => event.block <= ancestor), head: null });
    this.refetchAll();
  }

  private show(): void {
    if (this.showing) return;
    this.showing = true;
    window.setTimeout(
      () => {
        this.showing = false;
        this.shownAt = Date.now();
        const arrived = this.arrived.splice(0).slice(-KEPT).reverse();
        const events = arrived.length ? [...arrived, ...this.state.events].slice(0, KEPT) : this.state.events;
        this.set({ events, head: this.arrivedHead ?? this.state.head });
      },
      waitAfter(this.shownAt, SHOW_MS),
    );
  }

  private refetchAll(): void {
    this.everything = true;
    this.touch([]);
  }

  /** Notes what an event touched; the answers about it are asked for again within a second. */
  private touch(topics: Iterable<string>): void {
    for (const topic of topics) this.dirty.add(topic);
    if (this.refetching) return;
    this.refetching = true;
    window.setTimeout(() => this.refetch(), waitAfter(this.refetchedAt, REFETCH_MS));
  }

  private refetch(): void {
    this.refetching = false;
    this.refetchedAt = Date.now();
    const { dirty, everything } = this;
    const late = new Set<string>();
    const stale = (query: Query): boolean => {
      const topics = query.meta?.topics ?? [];
      if (!everything && !topics.some((topic) => dirty.has(topic))) return false;
      // What is on its way was asked for before this event: it is asked for once more after it has come.
      if (query.state.fetchStatus !== "fetching") return true;
      for (const topic of topics) late.add(topic);
      return false;
    };
    const hits = queries.getQueryCache().findAll({ predicate: stale });
    dirty.clear();
    this.everything = false;
    for (const query of hits) void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    if (late.size > 0) this.touch(late);
  }
}

export const live = new Live();

/** What the page knows from the stream, at most four changes a second. */
export function useLive(): LiveState {
  return useSyncExternalStore(live.subscribe, live.snapshot);
}
