// How every page looks: dark and light, on a desk and on a phone, for eyes and for those who hear it.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openPage } from "../support/browser.js";
import { need, ROOT } from "../support/packages.js";
import { until } from "../support/until.js";

const PICTURES = fileURLToPath(new URL("build/screenshots/", ROOT));
const AXE = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };
const MOST_SHIFT = 0.1;
/** After this a page has been loaded, and moves because the market does. */
const LATER_MS = 400;

/** All pages by the name of their picture. */
async function pages({ market, tasks, hostile }) {
  const { agent, large } = await hostile;
  const first = async (path) => (await (await fetch(`${market.explorer}${path}`)).json()).items[0];
  const [transaction, nested, message] = await Promise.all([
    first("/api/transactions"),
    // An offer that was accepted: structs in a struct.
    first("/api/transactions?contract=BidAuction&function=accept"),
    first("/api/messages"),
  ]);
  return {
    overview: "/",
    tasks: "/tasks",
    task: `/tasks/${tasks.at(-1)}`,
    "hostile-task": `/tasks/${large}`,
    agents: "/agents",
    agent: "/agents/1",
    "hostile-agent": `/agents/${agent}`,
    market: "/market",
    ledger: "/ledger",
    account: "/ledger/agent:1",
    messages: "/messages",
    thread: `/messages/${message.thread}`,
    governance: "/governance",
    blocks: "/blocks",
    block: `/blocks/${transaction.block}`,
    transaction: `/tx/${transaction.hash}`,
    "nested-call": `/tx/${nested.hash}`,
    events: "/log",
    thinking: "/usage",
    actions: "/actions",
    audit: "/audit",
    post: "/post",
    search: "/search?q=colour",
    "not-found": "/nothing/here",
  };
}

/** In the page: how far its parts jump, and when, without anybody's doing. */
function watchShifts() {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry);
  }).observe({ type: "layout-shift", buffered: true });
}

/** In the page: the sum of what jumped until it was loaded and a little later. */
function shiftUntil(end) {
  const early = window.shifts.filter(({ startTime }) => startTime < end);
  return early.reduce((sum, { value }) => sum + value, 0);
}

async function settled(page) {
  await page.locator("main h1").waitFor();
  await until("it is loaded", async () => (await page.locator(".skeleton").count()) === 0);
  await page.evaluate(() => document.fonts.ready);
}

/** The serious faults that axe finds by these rules, or by all, as text. */
async function axe(page, runOnly = undefined) {
  const found = await page.evaluate(async (rules) => {
    const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
    const { violations } = await window.axe.run(document, options);
    return violations.map(({ id, impact, nodes }) => [
      impact,
      id,
      nodes.map((one) => one.html.slice(0, 160)),
    ]);
  }, runOnly);
  return found
    .filter(([impact]) => impact === "serious" || impact === "critical")
    .map(([, id, nodes]) => `${id}: ${nodes.slice(0, 3).join(" | ")}`);
}

/** Loads the page; until when its jumps count, on its own clock. */
async function load(page, path) {
  await page.goto(path);
  await settled(page);
  return await page.evaluate((later) => performance.now() + later, LATER_MS);
}

async function look(page, name, path) {
  const faults = [];
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: "light" });
  const end = await load(page, path);
  await page.evaluate(AXE);
  const picture = (kind) => page.screenshot({ path: `${PICTURES}${name}-${kind}.png`, fullPage: true });
  const note = (theme, found) => faults.push(...found.map((one) => `${theme}: ${one}`));
  note("light", await axe(page));
  let shift = await page.evaluate(shiftUntil, end);
  if (shift >= MOST_SHIFT) {
    // Blocks that came just then move a list as well; what jumps by itself does so each time.
    const again = await load(page, path);
    await page.waitForTimeout(LATER_MS);
    shift = Math.min(shift, await page.evaluate(shiftUntil, again));
    await page.evaluate(AXE);
  }
  if (shift >= MOST_SHIFT) faults.push(`it jumps by ${shift.toFixed(3)}`);
  await picture("light");
  await page.emulateMedia({ colorScheme: "dark" });
  // Of axe's rules only this one looks at colours.
  note("dark", await axe(page, ["color-contrast"]));
  await picture("dark");
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) faults.push(`it is ${wide} pixels wider than a phone`);
  await picture("phone");
  return faults.map((one) => `${path}: ${one}`);
}

export const tests = {
  "all pages fit a phone, hold still, and have no serious fault for axe in both themes": async (stage) => {
    mkdirSync(PICTURES, { recursive: true });
    const waiting = Object.entries(await pages(stage));
    const faults = [];
    // While one page waits for its answers, another one is looked at.
    const lookOn = async () => {
      const { page, close } = await openPage(stage.browser, stage.market.explorer);
      await page.addInitScript(watchShifts);
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        faults.push(...(await look(page, ...next)));
      await close();
    };
    await Promise.all([lookOn(), lookOn()]);
    assert.deepEqual(faults, []);
  },
};
