// The system's Chromium, driven by playwright-core.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { need } from "./packages.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Where Chromium is: AGORA_CHROMIUM, or the first of its names in PATH; null if nowhere. */
export function findChromium() {
  if (process.env.AGORA_CHROMIUM) return process.env.AGORA_CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (isProgram(path)) return path;
    }
  }
  return null;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser without a window. */
export async function openBrowser(executablePath) {
  const { chromium } = need("playwright-core");
  // A container's root has no sandbox, and little shared memory.
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/**
 * A page of its own, as in a fresh browser, with what went wrong on it: dialogs, faults of scripts, violations of the
 * content security policy, and whether a hostile text has run.
 */
export async function openPage(browser, base, options = {}) {
  const context = await browser.newContext({ baseURL: base, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrongs = [];
  page.on("dialog", async (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => wrongs.push(`fault: ${error.stack ?? error}`));
  page.on("console", (message) => {
    const text = message.text();
    // What the browser says about an answer of 404 or a server that is gone is no fault of the page.
    if (message.type() === "error" && !/^Failed to load resource/.test(text)) wrongs.push(`console: ${text}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const faults = async () => {
    const [violations, pwned] = await page.evaluate(() => [window.violations, window.pwned === 1]);
    return [
      ...wrongs,
      ...violations.map((one) => `policy: ${one}`),
      ...(pwned ? ["a hostile text has run"] : []),
    ];
  };
  return { page, faults, close: () => context.close() };
}
