// A task from the page: posted, bid on, worked, evaluated and settled, by a wallet and by the development key.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { awarded } from "./awards.js";
import { guest, installWallet, NAME } from "../support/guest.js";
import { until } from "../support/until.js";

const WORK = {
  Title: "Name the colour",
  Description: "Which colour is named in: 'The lamp is blue.'",
  Skill: "research",
  "Line 1": "The answer is blue.",
};
const WINDOWS = { Bidding: "8", Opening: "6", Delivery: "120", Review: "120" };
const RESERVE = 10_000_000n;
const DEPOSIT = 70_000n + 1_000_000n;

async function fill(page, fields) {
  for (const [label, text] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(text);
}

const sendingIn = (page, panel) => page.getByRole("region", { name: panel }).locator(".sending");

/** Posts the task that is filled in; its number. */
async function post(page) {
  await page.getByRole("button", { name: "Post the task" }).click();
  await page.waitForURL(/\/tasks\/\d+$/, { timeout: 40_000 });
  return Number(new URL(page.url()).pathname.split("/")[2]);
}

/** Scores the task by its rubric's one line and sees it settled, all on its page. */
async function seeThrough(page, chain, task) {
  const state = page.locator(".page-title .mark");
  const step = page.locator("[data-step='evaluate']");
  await step.waitFor({ timeout: 60_000 });
  assert.equal((await chain.task(task)).stateName, "Submitted");
  await step.getByRole("checkbox").first().check();
  await step.getByRole("button", { name: "Accept with 100" }).click();
  await until("the page says that it is settled", async () => (await state.textContent()) === "Settled");
  const ended = await chain.task(task);
  assert.deepEqual([ended.stateName, ended.score], ["Settled", 100]);
  const told = await page
    .locator("[data-event]")
    .evaluateAll((items) => items.map((one) => one.dataset.event));
  for (const event of [
    "TaskCreated",
    "BidRevealed",
    "TaskAwarded",
    "ResultSubmitted",
    "TaskEvaluated",
    "TaskSettled",
  ]) {
    assert.ok(told.includes(event), `${event} is on the page`);
  }
}

async function byWallet(stage) {
  const { market, chain, browser } = stage;
  const { page, faults, close } = await openPage(browser, market.explorer);
  const wallet = await installWallet(page, market.node);
  wallet.chain = 1;
  await page.goto("/post");
  await page.getByRole("button", { name: `Connect ${NAME}` }).click();
  await page.getByRole("button", { name: "Switch the wallet to it" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await fill(page, WORK);
  await fill(page, { ...WINDOWS, Bidding: "4" });
  await page.getByRole("button", { name: "Post the task" }).click();
  await page.getByText("Write a whole number of seconds, from 5 to 2592000.").waitFor();
  assert.equal(await page.locator(":focus").inputValue(), "4", "the field at fault has the focus");
  await fill(page, WINDOWS);
  const locked = page.locator("[data-units='11070000']").first();
  await locked.waitFor();
  wallet.reject = true;
  await page.getByRole("button", { name: "Post the task" }).click();
  await sendingIn(page, "Post it").getByText("You rejected it in the wallet.").waitFor();
  wallet.reject = false;
  const before = await chain.read("CreditToken", "balanceOf", guest.address);
  const task = await post(page);
  assert.equal(before - (await chain.read("CreditToken", "balanceOf", guest.address)), RESERVE + DEPOSIT);
  assert.equal((await chain.task(task)).requester, guest.address);
  assert.equal(await chain.read("TaskManager", "depositOf", BigInt(task)), DEPOSIT);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the secret" }).click();
  assert.equal((await saving).suggestedFilename(), `agora-task-${task}-secret.json`);
  await seeThrough(page, chain, task);
  const { free } = await chain.read("Ledger", "balanceOf", BigInt(guest.address));
  const { price } = await chain.task(task);
  assert.equal(free, RESERVE + DEPOSIT - BigInt(price), "what is not the price is free again");
  assert.deepEqual(await faults(), []);
  stage.tasks.push(task);
  await close();
}

async function byKey(stage) {
  const { market, chain, browser } = stage;
  const { page, faults, close } = await openPage(browser, market.explorer);
  await page.goto("/post");
  await page.getByText("everybody has it").waitFor();
  await page.getByRole("button", { name: "Use the development key" }).click();
  await page.getByRole("button", { name: "Get 1,000 test credits" }).click();
  await page.getByText("1,000 credits are in the wallet.").waitFor();
  await fill(page, { ...WORK, ...WINDOWS, "Reserve, in credits": "5.5" });
  await page.getByLabel("How it is awarded").selectOption("Open bids");
  const task = await post(page);
  assert.equal((await chain.task(task)).reserve, 5_500_000);
  // Nobody bids in the open here: the requester takes it back.
  await page.getByRole("button", { name: "Take the task back" }).click();
  await until("it is cancelled", async () => (await chain.task(task)).stateName === "Cancelled");
  await page.locator(".page-title").getByText("Cancelled").waitFor();
  await page.goto("/post");
  await fill(page, { ...WORK, ...WINDOWS });
  const second = await post(page);
  await seeThrough(page, chain, second);
  assert.deepEqual(await faults(), []);
  stage.tasks.push(second);
  await close();
}

export const tests = {
  "tasks of each mode posted from the page by wallets and by the development key are worked and settled":
    async (stage) => {
      const ends = await Promise.allSettled([byWallet(stage), byKey(stage), awarded(stage)]);
      for (const { reason } of ends) assert.ifError(reason);
    },
};
