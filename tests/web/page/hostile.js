// Texts that attack whoever shows them: see tests/web/hostile.py.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { until } from "../support/until.js";

const FORMULA = /(^|,)"?[=+@\t\r-][^,"]*[A-Z]/m;

export const tests = {
  "hostile texts are shown, and do nothing": async ({ browser, market, chain, hostile }) => {
    const { agent, plain, large } = await hostile;
    const { page, faults, close } = await openPage(browser, market.explorer);
    await until("the explorer has read the result", async () => {
      const answer = await fetch(`${market.explorer}/api/tasks/${large}`);
      return answer.ok && (await answer.json()).result !== null;
    });
    const paths = [
      `/tasks/${plain}`,
      `/tasks/${large}`,
      `/agents/${agent}`,
      "/agents",
      "/tasks",
      "/messages",
      "/log",
      "/",
      `/search?q=${encodeURIComponent("<script>")}`,
      `/search?q=${encodeURIComponent("javascript:window.pwned=1")}`,
    ];
    for (const path of paths) {
      await page.goto(path);
      await page.locator("main h1").waitFor();
      await until("it is loaded", async () => (await page.locator(".skeleton").count()) === 0);
      assert.equal(await page.locator("main script, main img, main b[onclick]").count(), 0, path);
      assert.equal(await page.locator("a[href^='javascript:' i]").count(), 0, path);
    }
    await page.goto(`/tasks/${plain}`);
    await page.getByText("<script>window.pwned=1", { exact: false }).first().waitFor();
    // What turns the direction of writing is shown as what it is.
    await page.getByText("\\u{202e}", { exact: false }).first().waitFor();
    assert.equal(
      await page.locator("main").evaluate((main) => /[\u202a-\u202e\u2066-\u2069]/.test(main.innerText)),
      false,
    );
    await page.goto(`/tasks/${large}`);
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    assert.deepEqual(await faults(), []);
    assert.equal((await chain.task(large)).stateName, "Submitted");
    await close();
  },

  "documents of others are served so that nothing in them runs": async ({ market, hostile }) => {
    const { large } = await hostile;
    const task = await (await fetch(`${market.explorer}/api/tasks/${large}`)).json();
    for (const digest of [task.specification, task.result]) {
      const answer = await fetch(`${market.explorer}/content/${digest}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("content-security-policy"), /sandbox/);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.doesNotMatch(answer.headers.get("content-type"), /html/);
    }
  },

  "no cell of an exported table is a formula": async ({ market }) => {
    const table = await (await fetch(`${market.explorer}/api/export/tasks.csv`)).text();
    assert.match(table, /HYPERLINK/);
    assert.doesNotMatch(table, FORMULA);
  },
};
