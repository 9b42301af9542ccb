import type { MarketEvent } from "./types.ts";

// What a contract's events can change, beside the tasks and agents that an event names.
const OF_CONTRACT: Record<string, readonly string[]> = {
  TaskManager: ["tasks", "market", "agents", "ledger"],
  BidAuction: ["tasks", "market", "agents"],
  RaceBoard: ["tasks", "market", "agents"],
  EvaluatorPool: ["tasks", "ledger"],
  TaskMarketplace: ["tasks", "agents"],
  AgentRegistry: ["agents", "market"],
  IncentiveEngine: ["agents", "market"],
  Ledger: ["ledger", "agents"],
  CreditToken: ["ledger"],
  UsageMeter: ["usage", "agents", "ledger"],
  MessageHub: ["messages"],
  ActionLogger: ["actions"],
  MarketParameters: ["governance", "status"],
  MarketGovernor: ["governance"],
  TimelockController: ["governance"],
  VotingCredits: ["governance"],
};

/**
 * The topics that an event touches: an answer that was asked for with one of them (`useApi`'s `topics`) is asked for
 * again. Beside those of its contract: "events", "overview", "task:5" and "agent:3".
 */
export function topicsOf(event: MarketEvent): string[] {
  return [
    "events",
    "overview",
    ...(OF_CONTRACT[event.contract] ?? []),
    ...event.tasks.map((task) => `task:${task}`),
    ...event.agents.map((agent) => `agent:${agent}`),
  ];
}
