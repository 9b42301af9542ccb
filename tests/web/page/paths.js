// Addresses: every page by its own, and what is not there.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";

const MISSING = [
  "/tasks/999999",
  "/agents/999999",
  "/blocks/99999999",
  `/tx/0x${"0".repeat(64)}`,
  "/tasks/none",
];

export const tests = {
  "a deep link leads where it says, and back again": async ({ browser, market, tasks }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    const task = tasks.at(-1);
    await page.goto(`/tasks/${task}`);
    await page.getByRole("heading", { name: `Task ${task}`, exact: true }).waitFor();
    assert.match(await page.title(), new RegExp(`Task ${task}`));
    await page.locator("main a[href^='/agents/']").first().click();
    await page.waitForURL(/\/agents\/\d+$/);
    await page.goBack();
    await page.getByRole("heading", { name: `Task ${task}`, exact: true }).waitFor();
    assert.deepEqual(await faults(), []);
    await close();
  },

  "what is not there is named, and the page goes on": async ({ browser, market }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    for (const path of MISSING) {
      await page.goto(path);
      await page.locator("main .failure-title, main .empty-title").first().waitFor();
      const said = await page.locator("main").innerText();
      assert.match(said, new RegExp(path.split("/")[2].slice(0, 6)), `${path} says what was looked for`);
    }
    await page.goto("/no/such/page");
    await page.getByText("There is nothing at /no/such/page.").waitFor();
    await page.getByRole("link", { name: "Tasks", exact: true }).click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    assert.deepEqual(await faults(), []);
    await close();
  },
};
