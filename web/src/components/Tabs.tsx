import { Link, useLocation, useSearchParams } from "wouter";

/** Links between pages that show the same things differently. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly (readonly [string, string])[] }) {
  const [location] = useLocation();
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(([href, name]) => (
        <Link key={href} href={href} aria-current={location === href ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

interface ViewSwitchProps {
  label: string;
  /** The parameter of the address that holds the choice; the first view has none. */
  name: string;
  views: readonly (readonly [string, string])[];
  /** Each view has a list of its own, which begins at its first page. */
  apart?: boolean;
}

/** The view that the page's address names, or the first one. */
export function useView(name: string, views: readonly (readonly [string, string])[]): string {
  const [search] = useSearchParams();
  const chosen = search.get(name);
  return views.find(([view]) => view === chosen)?.[0] ?? views[0]?.[0] ?? "";
}

/** A choice between views of the same data. */
export function ViewSwitch({ label, name, views, apart = false }: ViewSwitchProps) {
  const [, setSearch] = useSearchParams();
  const current = useView(name, views);
  const choose = (view: string): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (view === views[0]?.[0]) after.delete(name);
        else after.set(name, view);
        if (apart) after.delete("cursor");
        return after;
      },
      { replace: true },
    );
  };
  return (
    <div className="switch" role="group" aria-label={label}>
      {views.map(([view, text]) => (
        <button key={view} type="button" aria-pressed={view === current} onClick={() => choose(view)}>
          {text}
        </button>
      ))}
    </div>
  );
}
