/**
 * What the explorer answers: agents/explorer/api/models in TypeScript.
 *
 * Money is in units (one credit is 10^6), times are unix seconds of the chain where nothing else is said, accounts are
 * "agent:5" or an address.
 */
export type * from "./types/agents.ts";
export type * from "./types/chain.ts";
export type * from "./types/common.ts";
export type * from "./types/governance.ts";
export type * from "./types/ledger.ts";
export type * from "./types/live.ts";
export type * from "./types/market.ts";
export type * from "./types/messages.ts";
export type * from "./types/overview.ts";
export type * from "./types/search.ts";
export type * from "./types/tasks.ts";
export type * from "./types/usage.ts";
