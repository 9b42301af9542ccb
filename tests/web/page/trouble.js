// A node, or a database, that is gone for a while.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { until } from "../support/until.js";

export const tests = {
  "the page says that the node is down, and recovers by itself": async ({ browser, market }) => {
    const { page, close } = await openPage(browser, market.explorer);
    await page.goto("/");
    const head = page.locator(".head-note");
    const block = async () => Number((await head.textContent()).replace(/\D/g, ""));
    await until("a block is shown", block);
    await market.tell({ do: "cut" });
    try {
      const banner = page.getByText("The node is down.");
      await banner.waitFor({ timeout: 40_000 });
      const last = await block();
      assert.ok(last > 0, "the last block that was read is still shown");
      await market.tell({ do: "mend" });
      await banner.waitFor({ state: "detached", timeout: 60_000 });
      await until("newer blocks are shown", async () => (await block()) > last);
    } finally {
      await market.tell({ do: "mend" });
    }
    await close();
  },

  "the page says that the database is down, and recovers by itself": async ({ browser, market }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    const down = {
      status: 503,
      json: { title: "The database does not answer", detail: "It may come back." },
    };
    let gone = false;
    // As an explorer answers whose database is gone: of its state, and of everything else.
    await page.route("**/api/**", async (route) => {
      if (!gone) return await route.continue();
      if (!route.request().url().endsWith("/api/status")) return await route.fulfill(down);
      const response = await route.fetch();
      const said = {
        ...(await response.json()),
        node: "up",
        database: "down",
        trouble: "it refuses connections",
      };
      return await route.fulfill({ response, json: said });
    });
    await page.goto("/tasks");
    const rows = page.locator("main tbody tr");
    await rows.first().waitFor();
    gone = true;
    const banner = page.locator(".banner.bad");
    await banner.getByText("The index's database does not answer.").waitFor();
    assert.match(await banner.innerText(), /it refuses connections\. What you see is as of block [\d,]+\./);
    assert.ok((await rows.count()) > 0, "what was read before is still shown");
    await page.getByRole("link", { name: "Agents", exact: true }).click();
    await page.locator(".failure-title").getByText("The database does not answer").waitFor();
    gone = false;
    await banner.waitFor({ state: "detached" });
    await rows.first().waitFor();
    assert.deepEqual(await faults(), []);
    await close();
  },
};
