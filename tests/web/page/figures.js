// Pictures and figures against the contracts themselves.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { accountOfAgent } from "../support/chain.js";
import { until } from "../support/until.js";

const asNumbers = (node, names) =>
  Object.fromEntries(names.map((name) => [name, Number(node.dataset[name])]));

export const tests = {
  "the picture of a task's bids shows what the chain has": async ({ browser, market, chain, tasks }) => {
    const task = tasks.at(-1);
    const { page, faults, close } = await openPage(browser, market.explorer);
    await page.goto(`/tasks/${task}`);
    const marks = page.locator("svg [data-agent][data-price]");
    await marks.first().waitFor();
    const drawn = await marks.evaluateAll(
      (nodes, [pick]) =>
        nodes.map(new Function("node", `return (${pick})(node, ["agent", "price", "quality"])`)),
      [String(asNumbers)],
    );
    const events = await chain.events("BidAuction", "BidRevealed", { taskId: BigInt(task) });
    const bids = events.map(({ args }) => ({
      agent: Number(args.agentId),
      price: Number(args.price),
      quality: Number(args.quality),
    }));
    const order = (one, other) => one.agent - other.agent;
    assert.ok(bids.length > 1, "several agents have bid");
    assert.deepEqual(drawn.sort(order), bids.sort(order));
    const { price } = await chain.task(task);
    assert.equal(
      Number(await page.locator("[data-price-paid]").first().getAttribute("data-price-paid")),
      price,
    );
    assert.deepEqual(await faults(), []);
    await close();
  },

  "an agent's figures are the chain's": async ({ browser, market, chain, tasks }) => {
    const agent = (await chain.task(tasks.at(-1))).agentId;
    const { page, faults, close } = await openPage(browser, market.explorer);
    await page.goto(`/agents/${agent}`);
    const figure = (name) =>
      page.locator(`[data-figure='${name}']`).locator("[data-units], [data-value]").first();
    const shown = async (name) => {
      const found = figure(name);
      return Number((await found.getAttribute("data-units")) ?? (await found.getAttribute("data-value")));
    };
    await figure("agent.free").waitFor();
    // Balances move with every bid of another task; they agree as soon as both are of one block.
    await until("the balance is the chain's", async () => {
      const { free, locked, debt } = await chain.read("Ledger", "balanceOf", accountOfAgent(agent));
      const said = [await shown("agent.free"), await shown("agent.locked"), await shown("agent.debt")];
      return String(said) === String([free, locked, debt]);
    });
    const settled = await chain.events("TaskManager", "TaskSettled", { agentId: agent });
    const earned = settled.reduce((sum, { args }) => sum + Number(args.price - args.fee), 0);
    assert.equal(await shown("agent.earned"), earned);
    assert.equal(await shown("agent.settled"), settled.length);
    assert.deepEqual(await faults(), []);
    await close();
  },
};
