import type { UseQueryResult } from "@tanstack/react-query";
import { useId, type ReactNode } from "react";
import { useSearchParams } from "wouter";

import { withParams, type Params, type Problem } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import { Loaded } from "./Feedback.tsx";

/** The filters in the address of the page, and a function that changes one and goes back to the first page. */
export function useFilters(names: readonly string[]): [Params, (name: string, value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const filters: Params = {};
  for (const name of [...names, "cursor"]) filters[name] = search.get(name) ?? undefined;
  const change = (name: string, value: string): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value.trim() === "") after.delete(name);
        else after.set(name, value.trim());
        after.delete("cursor");
        return after;
      },
      { replace: true },
    );
  };
  return [filters, change];
}

interface FilterProps {
  label: string;
  name: string;
  filters: Params;
  change: (name: string, value: string) => void;
}

/** A filter with a few values. */
export function ChoiceFilter(props: FilterProps & { options: readonly (readonly [string, string])[] }) {
  const { label, name, filters, change, options } = props;
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={String(filters[name] ?? "")}
        onChange={(event) => change(name, event.target.value)}
      >
        <option value="">all</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A filter by a text, taken on Enter or when the field is left. */
export function TextFilter(props: FilterProps & { placeholder?: string; size?: number }) {
  const { label, name, filters, change, placeholder, size = 12 } = props;
  const id = useId();
  const value = String(filters[name] ?? "");
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        key={value}
        type="text"
        defaultValue={value}
        placeholder={placeholder}
        size={size}
        spellCheck={false}
        autoComplete="off"
        onBlur={(event) => event.target.value !== value && change(name, event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && change(name, event.currentTarget.value)}
      />
    </div>
  );
}

/** A row of filters, and a way to clear them. */
export function Filters({ filters, children }: { filters: Params; children: ReactNode }) {
  const [, setSearch] = useSearchParams();
  const clear = (): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const name of Object.keys(filters)) after.delete(name);
        return after;
      },
      { replace: true },
    );
  };
  const any = Object.entries(filters).some(([name, value]) => name !== "cursor" && value !== undefined);
  return (
    <form className="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {children}
      <button type="button" className="quiet" disabled={!any} onClick={clear}>
        Clear
      </button>
    </form>
  );
}

/** The way from page to page of a list. The former page is where the browser's Back leads. */
export function Pager({ next, shown, filters }: { next: string | null; shown: number; filters: Params }) {
  const [, setSearch] = useSearchParams();
  const go = (cursor: string | null): void => {
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (cursor === null) after.delete("cursor");
      else after.set("cursor", cursor);
      return after;
    });
    window.scrollTo(0, 0);
  };
  return (
    <nav className="pager" aria-label="Pages of the list">
      <span className="muted">{shown === 1 ? "1 row" : `${shown} rows`}</span>
      <button type="button" disabled={!filters["cursor"]} onClick={() => go(null)}>
        First
      </button>
      <button type="button" disabled={!filters["cursor"]} onClick={() => window.history.back()}>
        Back
      </button>
      <button type="button" disabled={next === null} onClick={() => go(next)}>
        Next
      </button>
    </nav>
  );
}

interface PagedProps<T> {
  query: UseQueryResult<Page<T>, Problem>;
  filters: Params;
  /** Lines of skeleton while nothing is there. */
  lines?: number;
  children: (items: readonly T[]) => ReactNode;
}

/** One page of a list, with the way to the others. */
export function Paged<T>({ query, filters, lines = 20, children }: PagedProps<T>) {
  return (
    <Loaded query={query} lines={lines}>
      {({ items, next }) => (
        <>
          {children(items)}
          <Pager next={next} shown={items.length} filters={filters} />
        </>
      )}
    </Loaded>
  );
}

/** Links to the whole list, with the same filters, as files. */
export function Export({ resource, filters }: { resource: string; filters: Params }) {
  const { cursor: _, ...kept } = filters;
  return (
    <span className="export">
      {["csv", "json"].map((form) => (
        <a key={form} className="quiet" href={withParams(`/api/export/${resource}.${form}`, kept)} download>
          {form.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
