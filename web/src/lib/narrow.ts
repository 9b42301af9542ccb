import { useSyncExternalStore } from "react";

// As narrow.css has it.
const NARROW = window.matchMedia("(max-width: 640px)");

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener("change", listener);
  return () => NARROW.removeEventListener("change", listener);
}

/** Whether the page is as narrow as a phone, where some pictures say nothing. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => NARROW.matches);
}
