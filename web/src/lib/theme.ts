import { useState } from "react";

/** Which colours the page has; "system" follows the browser. */
export type Theme = "system" | "light" | "dark";

const KEY = "agora.theme";

/** What was chosen in this browser before, or "system". */
export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Gives the document its colours. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

/** The theme, and a function that goes on to the next one and remembers it. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(chosenTheme);
  const advance = (): void => {
    const next = NEXT[theme];
    localStorage.setItem(KEY, next);
    applyTheme(next);
    setTheme(next);
  };
  return [theme, advance];
}
