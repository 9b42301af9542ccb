import type { ComponentType } from "react";

/** Where each page lives. A page reads what stands after the colons with `useParams`. */
export const ROUTES: readonly (readonly [string, () => Promise<{ default: ComponentType }>])[] = [
  ["/", () => import("./pages/Overview.tsx")],
  ["/tasks", () => import("./pages/Tasks.tsx")],
  ["/tasks/:id", () => import("./pages/Task.tsx")],
  ["/agents", () => import("./pages/Agents.tsx")],
  ["/agents/:id", () => import("./pages/Agent.tsx")],
  ["/market", () => import("./pages/Market.tsx")],
  ["/ledger", () => import("./pages/Ledger.tsx")],
  ["/ledger/:account", () => import("./pages/LedgerAccount.tsx")],
  ["/messages", () => import("./pages/Messages.tsx")],
  ["/messages/:thread", () => import("./pages/Messages.tsx")],
  ["/governance", () => import("./pages/Governance.tsx")],
  ["/governance/:id", () => import("./pages/Governance.tsx")],
  ["/blocks", () => import("./pages/Blocks.tsx")],
  ["/blocks/:id", () => import("./pages/Block.tsx")],
  ["/tx", () => import("./pages/Transactions.tsx")],
  ["/tx/:hash", () => import("./pages/Transaction.tsx")],
  ["/log", () => import("./pages/Events.tsx")],
  ["/usage", () => import("./pages/Usage.tsx")],
  ["/actions", () => import("./pages/Actions.tsx")],
  ["/audit", () => import("./pages/Audit.tsx")],
  ["/search", () => import("./pages/Search.tsx")],
  ["/post", () => import("./pages/Post.tsx")],
];

/** The pages about the chain itself. */
export const CHAIN_TABS = [
  ["/blocks", "Blocks"],
  ["/tx", "Transactions"],
  ["/log", "Events"],
] as const;

const fetched = new Set<string>();

/** Fetches the page at a path of ROUTES before it is asked for, as when the pointer is on a link to it. */
export function prefetch(path: string): void {
  if (fetched.has(path)) return;
  fetched.add(path);
  // If it does not come, the page says so when it is opened.
  ROUTES.find(([route]) => route === path)?.[1]().catch(() => fetched.delete(path));
}
