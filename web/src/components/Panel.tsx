import { useEffect, type ReactNode } from "react";

interface PanelProps {
  title: string;
  /** One line under the title that says what is shown. */
  note?: ReactNode;
  /** At the right of the title: links and switches. */
  actions?: ReactNode;
  className?: string;
  /** Without the heading on the page: it only names the part for those who hear it. */
  bare?: boolean;
  children: ReactNode;
}

/** A part of a page with its heading. */
export function Panel({ title, note, actions, className = "", bare = false, children }: PanelProps) {
  if (bare) {
    return (
      <section className={`panel bare ${className}`} aria-label={title}>
        {children}
      </section>
    );
  }
  return (
    <section className={`panel ${className}`} aria-label={title}>
      <header className="panel-head">
        <div>
          <h2>{title}</h2>
          {note && <p className="muted">{note}</p>}
        </div>
        {actions && <div className="panel-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

interface PageHeadProps {
  title: string;
  /** What is shown beside the title: a state, a link. */
  beside?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
}

/** The heading of a page, which is also the title of its window. */
export function PageHead({ title, beside, note, actions }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Agora`;
  }, [title]);
  return (
    <header className="page-head">
      <div className="page-title">
        <h1>{title}</h1>
        {beside}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
      {note && <p className="page-note muted">{note}</p>}
    </header>
  );
}

/** Names and values, in pairs. Those without a value are left out by the caller. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
