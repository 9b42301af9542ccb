// Everything by keys alone.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";

const MOST_TABS = 80;

/** Presses Tab until what has the focus says `name`. */
async function tabTo(page, name) {
  for (let tab = 0; tab < MOST_TABS; tab++) {
    await page.keyboard.press("Tab");
    const said = await page.evaluate(() => {
      const { activeElement: one } = document;
      const label = one?.labels?.[0]?.textContent;
      return one?.getAttribute("aria-label") ?? label ?? one?.textContent ?? "";
    });
    if (said.trim().startsWith(name)) return;
  }
  throw new Error(`${MOST_TABS} tabs do not lead to ${name}`);
}

export const tests = {
  "a task is searched for and opened by keys alone": async ({ browser, market }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    await page.goto("/");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the page");
    await page.keyboard.press("/");
    await page.keyboard.type("colour");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=colour/);
    await page.locator("main a[href^='/tasks/']").first().waitFor();
    const name = (await page.locator("main a[href^='/tasks/']").first().textContent()).trim();
    await tabTo(page, name);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/tasks\/\d+$/);
    assert.deepEqual(await faults(), []);
    await close();
  },

  "a task is posted by keys alone": async ({ browser, market, chain }) => {
    const { page, faults, close } = await openPage(browser, market.explorer);
    await page.goto("/post");
    await page.getByRole("button", { name: "Use the development key" }).waitFor();
    const write = async (label, text) => {
      await tabTo(page, label);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    };
    await write("Title", "By keys alone");
    await write("Description", "Which colour is named in: 'The lamp is blue.'");
    await write("Skill", "research");
    await write("Line 1", "It is blue.");
    await write("Reserve", "3");
    await tabTo(page, "Use the development key");
    await page.keyboard.press("Enter");
    await page.getByText("Signs with").waitFor();
    await tabTo(page, "Post the task");
    const before = await chain.read("TaskManager", "taskCount");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/tasks\/\d+$/, { timeout: 40_000 });
    assert.ok((await chain.read("TaskManager", "taskCount")) > before);
    assert.deepEqual(await faults(), []);
    await close();
  },
};
