// A node that is gone for a while.

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
};
