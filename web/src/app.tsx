import { Component, lazy, Suspense, type ComponentType, type ErrorInfo, type ReactNode } from "react";
import { Route, Switch, useLocation } from "wouter";

import { StatusProvider } from "./api/status.tsx";
import { Empty, Skeleton } from "./components/Feedback.tsx";
import { Layout } from "./components/Layout.tsx";
import { PageHead } from "./components/Panel.tsx";

/** Where each page lives. A page reads what stands after the colons with `useParams`. */
const ROUTES: readonly (readonly [string, () => Promise<{ default: ComponentType }>])[] = [
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

const PAGES = ROUTES.map(([path, load]) => [path, lazy(load)] as const);

/** The whole page: what surrounds every page, and the page that the address names. */
export function App() {
  const [location] = useLocation();
  return (
    <StatusProvider>
      <Layout>
        <Caught key={location}>
          <Suspense fallback={<Skeleton lines={12} />}>
            <Switch>
              {PAGES.map(([path, Page]) => (
                <Route key={path} path={path} component={Page} />
              ))}
              <Route>
                <NotFound path={location} />
              </Route>
            </Switch>
          </Suspense>
        </Caught>
      </Layout>
    </StatusProvider>
  );
}

function NotFound({ path }: { path: string }) {
  return (
    <>
      <PageHead title="No such page" />
      <Empty title={`There is nothing at ${path}.`}>Look it up with the search above (press /).</Empty>
    </>
  );
}

/** Keeps a fault in one page from taking the others with it. */
class Caught extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };

  static getDerivedStateFromError(fault: Error): { fault: Error } {
    return { fault };
  }

  override componentDidCatch(fault: Error, info: ErrorInfo): void {
    console.error(fault, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    return (
      <div className="failure" role="alert">
        <p className="failure-title">This page could not be drawn</p>
        <p>{this.state.fault.message}</p>
        <button type="button" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </div>
    );
  }
}
