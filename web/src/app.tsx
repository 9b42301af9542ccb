import { Component, type ErrorInfo, type ReactNode } from "react";
import { Route, Switch, useLocation } from "wouter";

import { StatusProvider } from "./api/status.tsx";
import { Empty, Skeleton } from "./components/Feedback.tsx";
import { later } from "./components/later.tsx";
import { Layout } from "./components/Layout.tsx";
import { PageHead } from "./components/Panel.tsx";
import { ROUTES } from "./routes.ts";

const PAGES = ROUTES.map(([path, load]) => [path, later(load, <Skeleton lines={12} />)] as const);

/** The whole page: what surrounds every page, and the page that the address names. */
export function App() {
  const [location] = useLocation();
  return (
    <StatusProvider>
      <Layout>
        <Caught key={location}>
          <Switch>
            {PAGES.map(([path, Page]) => (
              <Route key={path} path={path} component={Page} />
            ))}
            <Route>
              <NotFound path={location} />
            </Route>
          </Switch>
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
