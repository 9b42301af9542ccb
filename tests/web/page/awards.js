// A direct award and a race from the page: by a requester's wallet, and an agent whose owner has one too.

import assert from "node:assert/strict";

import { openPage } from "../support/browser.js";
import { accountOfAgent } from "../support/chain.js";
import { buyer, installWallet, NAME, worker } from "../support/guest.js";
import { need } from "../support/packages.js";
import { partyOf } from "../support/party.js";
import { until } from "../support/until.js";

const { keccak256, pad, toHex } = need("viem");

const CREDIT = 1_000_000n;
const WORK = {
  Title: "Name the colour",
  Description: "Which colour is named in: 'The lamp is blue.'",
  Skill: "research",
  "Line 1": "The answer is blue.",
  "Reserve, in credits": "10",
};

async function fill(page, fields) {
  for (const [label, text] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(text);
}

/** An agent of the worker's, with credits. */
async function register(chain, party) {
  await party.send(["AgentRegistry", "register", ""]);
  const [found] = await chain.events("AgentRegistry", "Registered", { owner: worker.address });
  const { agentId } = found.args;
  await party.send(
    ["CreditToken", "approve", chain.contracts.Ledger, 100n * CREDIT],
    ["Ledger", "deposit", accountOfAgent(agentId), 100n * CREDIT],
  );
  return agentId;
}

/** A page whose wallet is connected, at a path. */
async function openAs({ browser, market }, account, path) {
  const opened = await openPage(browser, market.explorer);
  await installWallet(opened.page, market.node, account);
  await opened.page.goto(path);
  return opened;
}

const connect = (page) => page.getByRole("button", { name: `Connect ${NAME}` }).click();

/** Posts what is filled in; the task's number. */
async function post(page) {
  await page.getByRole("button", { name: "Post the task" }).click();
  await page.waitForURL(/\/tasks\/\d+$/, { timeout: 40_000 });
  return Number(new URL(page.url()).pathname.split("/")[2]);
}

const stateOn = (page, state) => page.locator(".page-title").getByText(state).waitFor();

/** Waits for a block at this time, for the contracts go by their blocks. */
async function passed(chain, time) {
  await until(`it is ${time}`, async () => (await chain.client.getBlock()).timestamp >= BigInt(time));
}

/** The offer is signed on one page, carried to another as text, and accepted there. */
async function direct(stage, page, agent) {
  const { chain } = stage;
  await page.getByLabel("How it is awarded").selectOption("Direct award");
  await fill(page, { Offers: "120", Delivery: "120", Review: "60" });
  assert.equal(await page.getByLabel("Opening").count(), 0, "nothing is opened");
  const task = await post(page);
  const other = await openAs(stage, worker, `/tasks/${task}`);
  await other.page.getByRole("button", { name: "Act on this task" }).click();
  await connect(other.page);
  await fill(other.page, { Agent: String(agent), "Price, in credits": "4.5", "Promise, in seconds": "60" });
  await other.page.getByRole("button", { name: "Sign the offer" }).click();
  const offer = await other.page.locator(".offer code").textContent();
  await fill(page, { "The agent's offer": offer.replace(`"taskId":"${task}"`, `"taskId":"${task + 1}"`) });
  await page.getByText(`The offer is for task ${task + 1}, and this is task ${task}.`).waitFor();
  await fill(page, { "The agent's offer": offer.replace('"price":"4500000"', '"price":"4400000"') });
  await page.getByRole("button", { name: `Award it to agent ${agent}` }).click();
  await page.getByText("The signature does not fit").waitFor();
  await fill(page, { "The agent's offer": offer });
  await page.getByRole("button", { name: `Award it to agent ${agent}` }).click();
  await stateOn(page, "Awarded");
  const { stateName, agentId, price } = await chain.task(task);
  assert.deepEqual([stateName, agentId, price], ["Awarded", agent, 4_500_000]);
  assert.deepEqual(await other.faults(), []);
  await other.close();
}

/** One agent runs; the judge is a contract that never speaks, so that silence pays it. */
async function race(stage, page, agent, party) {
  const { chain } = stage;
  await page.getByLabel("How it is awarded").selectOption("Race");
  await page.getByLabel("Who scores the result").selectOption("A contract");
  await fill(page, { Work: "6", Showing: "6", Judging: "6", "Its address": buyer.address });
  await page.getByRole("button", { name: "Post the task" }).click();
  await page.getByText("There is no contract at the evaluator's address").waitFor();
  await fill(page, { "Its address": chain.contracts.Ledger });
  const task = await post(page);
  const [result, salt] = [keccak256("0x01"), pad(toHex(7n))];
  const digest = await chain.read("RaceBoard", "commitmentOf", BigInt(task), agent, result, salt);
  await party.send(["RaceBoard", "enter", BigInt(task), agent, digest]);
  const { biddingEnd, revealWindow } = await chain.read("BidAuction", "getAuction", BigInt(task));
  await passed(chain, biddingEnd);
  await party.send(["RaceBoard", "show", BigInt(task), agent, result, salt]);
  await passed(chain, biddingEnd + revealWindow);
  await page.getByRole("button", { name: "Move the race on" }).click();
  await until(
    "its result is judged",
    async () => (await chain.read("RaceBoard", "headOf", BigInt(task)))[0] === agent,
  );
  await passed(chain, Number((await chain.read("RaceBoard", "headOf", BigInt(task)))[1]));
  await page.getByRole("button", { name: `Have agent ${agent} paid` }).click();
  await stateOn(page, "Settled");
  const { stateName, agentId, price } = await chain.task(task);
  assert.deepEqual([stateName, agentId, price], ["Settled", agent, 10_000_000]);
}

/** One after the other, since an account's transactions have an order. */
export async function awarded(stage) {
  const party = partyOf(stage, worker);
  const agent = await register(stage.chain, party);
  const { page, faults, close } = await openAs(stage, buyer, "/post");
  await connect(page);
  await page.getByRole("button", { name: "Disconnect" }).waitFor();
  for (const mode of [race, direct]) {
    await page.goto("/post");
    await fill(page, WORK);
    await mode(stage, page, agent, party);
  }
  assert.deepEqual(await faults(), []);
  await close();
}
