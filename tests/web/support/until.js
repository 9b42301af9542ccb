// Waiting for what is on its way.

const PAUSE_MS = 200;

/** What `ask` gives as soon as it gives anything true; fails after `seconds`, naming what was waited for. */
export async function until(what, ask, seconds = 60) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
