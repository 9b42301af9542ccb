// The overview keeps up with the market.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { until } from "../support/until.js";

export const tests = {
  "the overview updates live, without being loaded again": async ({ browser, market, chain }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.goto("/");
    const total = page.locator("[data-figure='tasks.total'] [data-value]");
    await total.waitFor();
    const newest = page.locator(".ticker-list li").first();
    await newest.waitFor();
    const [first, head] = [
      await newest.getAttribute("data-seq"),
      await page.locator(".head-note").textContent(),
    ];
    await until("a newer event", async () => (await newest.getAttribute("data-seq")) !== first);
    await until("a newer block", async () => (await page.locator(".head-note").textContent()) !== head);
    await until("as many tasks as the chain has", async () => {
      const count = await chain.read("TaskManager", "taskCount");
      return (await total.getAttribute("data-value")) === String(count);
    });
    assert.equal(await page.locator("[data-holds]").first().getAttribute("data-holds"), "true");
    assert.equal(loads, 1, "the page was loaded once");
    assert.deepEqual(await faults(), []);
    await close();
  },
};
