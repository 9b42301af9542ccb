import { useEffect, useRef, type FormEvent, type ReactNode } from "react";
import { Link, useLocation, useSearchParams } from "wouter";

import { CHAIN_TABS, prefetch } from "../routes.ts";
import { useTheme, type Theme } from "../lib/theme.ts";
import { HeadNote, Trouble } from "./Trouble.tsx";

const SECTIONS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Market",
    [
      ["/", "Overview"],
      ["/tasks", "Tasks"],
      ["/agents", "Agents"],
      ["/market", "Prices and bids"],
    ],
  ],
  [
    "Money",
    [
      ["/ledger", "Ledger"],
      ["/usage", "Thinking"],
      ["/audit", "Audit"],
    ],
  ],
  [
    "Conduct",
    [
      ["/messages", "Messages"],
      ["/actions", "Actions"],
      ["/governance", "Governance"],
    ],
  ],
  ["Chain", CHAIN_TABS],
];

/** What surrounds every page: the way to the others, the search, how the explorer does, and the theme. */
export function Layout({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  useScrollToTop(location);
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [location]);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={() => main.current?.focus()}>
        Skip to the page
      </a>
      <header className="bar">
        <Link href="/" className="brand" aria-label="Agora, overview">
          <Logo />
          <span>Agora</span>
        </Link>
        <SearchBox />
        <HeadNote />
        <ThemeSwitch />
        <Link href="/post" className="button primary post-link">
          Post a task
        </Link>
      </header>
      <nav className="nav" ref={nav} aria-label="Pages">
        {SECTIONS.map(([title, links]) => (
          <div key={title} className="nav-section">
            <p>{title}</p>
            {links.map(([href, name]) => (
              <Link
                key={href}
                href={href}
                aria-current={isCurrent(location, href) ? "page" : undefined}
                onPointerEnter={() => prefetch(href)}
                onFocus={() => prefetch(href)}
              >
                {name}
              </Link>
            ))}
          </div>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Trouble />
        {children}
      </main>
    </div>
  );
}

/** A new page begins at its top; one that the browser's Back or Forward leads to is left where it was. */
function useScrollToTop(location: string): void {
  const back = useRef(false);
  useEffect(() => {
    const note = (): void => {
      back.current = true;
    };
    window.addEventListener("popstate", note);
    return () => window.removeEventListener("popstate", note);
  }, []);
  useEffect(() => {
    if (!back.current) window.scrollTo(0, 0);
    back.current = false;
  }, [location]);
}

function isCurrent(location: string, href: string): boolean {
  return href === "/" ? location === "/" : location === href || location.startsWith(`${href}/`);
}

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--brand)" />
      <path
        d="M8 24 16 7l8 17M11.4 18h9.2"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

function SearchBox() {
  const [location, navigate] = useLocation();
  const [search] = useSearchParams();
  const input = useRef<HTMLInputElement>(null);
  const current = location === "/search" ? (search.get("q") ?? "") : "";
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? "";
    if (text) navigate(`/search?q=${encodeURIComponent(text)}`);
  };
  return (
    <form className="search" role="search" onSubmit={submit}>
      <input
        ref={input}
        key={current}
        type="search"
        name="q"
        defaultValue={current}
        placeholder="Task, agent, address, hash, words"
        aria-label="Search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

const THEME_SIGNS: Record<Theme, string> = { system: "◐", light: "☀", dark: "☾" };

function ThemeSwitch() {
  const [theme, advance] = useTheme();
  return (
    <button
      type="button"
      className="icon"
      onClick={advance}
      title={`Colours: ${theme}`}
      aria-label={`Colours: ${theme}`}
    >
      {THEME_SIGNS[theme]}
    </button>
  );
}
