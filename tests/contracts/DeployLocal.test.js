/** A development chain: who holds what after deploy-all.js, the example scripts, and a vote from end to end. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import hre from "hardhat";

import { Market } from "../support/market.js";
import { deployAll, runScript, startNode } from "../support/node.js";

const CREDIT = 1_000_000n;
const DAY = 86_400n;
const YEAR = 364n * DAY;
const FOR = 1;

describe("a development chain", () => {
  let directory, node, connection, ethers, market, deployer, settings;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "agora-"));
    const file = path.join(directory, "addresses.json");
    node = await startNode();
    settings = { AGORA_PROVIDER: node.url, AGORA_ADDRESSES: file };
    await deployAll(node.url, file);
    connection = await hre.network.create({ network: "localhost", override: { url: node.url } });
    ethers = connection.ethers;
    market = await Market.at(ethers, file);
    ({ deployer } = market.people);
  });

  after(async () => {
    await connection?.close();
    await node?.stop();
    await rm(directory, { recursive: true });
  });

  const run = (name, more = {}) => runScript(name, "localhost", { ...settings, ...more });

  async function refused(name, more, complaint) {
    const result = await run(name, more);
    assert.match(result.complaint.trim(), complaint);
    assert.equal(result.complaint.trim().split("\n").length, 1, "one sentence");
    assert.equal(result.printed.trim(), "");
    assert.equal(result.code, 2);
  }

  async function printed(name, more, pattern) {
    const result = await run(name, more);
    assert.equal(result.complaint, "");
    assert.equal(result.code, 0);
    assert.match(result.printed, pattern);
  }

  it("leaves the deployer nothing but the faucet", async () => {
    const {
      CreditToken: token,
      MarketParameters: parameters,
      TimelockController: timelock,
    } = market.contracts;
    const holds = (contract, role, account) => contract.hasRole(role, account);
    assert.equal(await holds(token, await token.MINTER_ROLE(), deployer), true);
    for (const contract of [token, parameters, timelock]) {
      assert.equal(await holds(contract, ethers.ZeroHash, deployer), false);
    }
    assert.equal(await holds(parameters, await parameters.PARAMETERS_ROLE(), deployer), false);
    assert.equal(await holds(timelock, await timelock.PROPOSER_ROLE(), deployer), false);
    assert.equal(await holds(token, ethers.ZeroHash, timelock), true);
    assert.equal(await token.totalSupply(), 0n);
    assert.equal((await parameters.current()).minWindow, 5n);
  });

  it("funds the signer, an agent, and nobody who is not there", async () => {
    await market.contracts.AgentRegistry["register()"]();
    await printed(
      "fund.js",
      { AGORA_CREDITS: "50" },
      /^Deposited 50\.0 credits; 0x\w{40} has 50\.0 free\.$/m,
    );
    await printed("fund.js", { AGORA_CREDITS: "0.5", AGORA_TO: "agent:1" }, /; agent:1 has 0\.5 free\.$/m);
    assert.equal((await market.contracts.Ledger.balanceOf(BigInt(deployer.address))).free, 50n * CREDIT);
    await refused("fund.js", {}, /^AGORA_CREDITS is not set: /);
    await refused("fund.js", { AGORA_CREDITS: "1", AGORA_TO: "agent:2" }, /there is no such agent$/);
    await refused("fund.js", { AGORA_CREDITS: "1000000000" }, /^The chain refuses mint: ERC20ExceededCap\(/);
    assert.equal(await market.contracts.CreditToken.totalSupply(), (50n * CREDIT * 101n) / 100n);
  });

  it("posts a task with the escrow that there is", async () => {
    await printed(
      "post-task.js",
      { AGORA_SPECIFICATION: "a haiku" },
      /^Posted task 1: writing, up to 10\.0 credits\.$/m,
    );
    assert.equal(await market.contracts.TaskManager.taskCount(), 1n);
    await refused("post-task.js", {}, /^AGORA_SPECIFICATION is not set: /);
    const task = { AGORA_SPECIFICATION: "a haiku" };
    await refused(
      "post-task.js",
      { ...task, AGORA_RESERVE: "500" },
      /^The chain refuses createTask: Insufficient/,
    );
  });

  it("shows what there is", async () => {
    const both = { AGORA_TASK: "1", AGORA_AGENT: "1" };
    await printed("inspect.js", both, /tasks +1\n[\s\S]*feeBps +250\n[\s\S]*minWindow +5\n/);
    await printed(
      "inspect.js",
      both,
      /state +Open\n[\s\S]*reserve +10\.0\n[\s\S]*agent 1\n[\s\S]*free +0\.5\n/,
    );
    await refused("inspect.js", { AGORA_TASK: "2" }, /^AGORA_TASK is 2: there is no such task$/);
    await refused("inspect.js", { AGORA_AGENT: "2" }, /^AGORA_AGENT is 2: there is no such agent$/);
  });

  it("names the mistake where there is no market or no node", async () => {
    const nowhere = { AGORA_ADDRESSES: path.join(directory, "nothing.json") };
    await refused(
      "inspect.js",
      nowhere,
      /names no market on this chain \(31337\): run scripts\/deploy-all\.js first$/,
    );
    await refused("inspect.js", { AGORA_PROVIDER: "http://127.0.0.1:1" }, /Cannot connect/);
  });

  /* A VOTE */

  async function mine(seconds) {
    await ethers.provider.send("evm_increaseTime", [Number(seconds)]);
    await ethers.provider.send("evm_mine", []);
  }

  /** Locks credits, proposes, votes, queues and executes, as anybody with credits can. */
  async function decide(target, data) {
    const { CreditToken: token, VotingCredits: votes, MarketGovernor: governor } = market.contracts;
    await (await token.mint(deployer.address, 2_000n * CREDIT)).wait();
    await (await token.approve(votes.target, 2_000n * CREDIT)).wait();
    await (await votes.lock(2_000n * CREDIT, YEAR)).wait();
    await mine(1n);
    const proposal = [[target], [0n], [data]];
    await (await governor.propose(...proposal, "a lower fee")).wait();
    const digest = ethers.id("a lower fee");
    const id = await governor.getProposalId(...proposal, digest);
    await mine(DAY + 1n);
    await (await governor.castVote(id, FOR)).wait();
    await mine(7n * DAY + 1n);
    await (
      await governor.getFunction("queue(address[],uint256[],bytes[],bytes32)")(...proposal, digest)
    ).wait();
    await mine(2n * DAY);
    const execute = governor.getFunction("execute(address[],uint256[],bytes[],bytes32)");
    return (await execute(...proposal, digest)).wait();
  }

  it("lets a vote change the parameters", async () => {
    const { MarketParameters: parameters } = market.contracts;
    const next = { ...(await parameters.current()).toObject(), feeBps: 100n };
    const data = parameters.interface.encodeFunctionData("set", [next]);
    await decide(parameters.target, data);
    assert.deepEqual((await parameters.current()).toObject(), next);
  });

  it("takes the new fee for new tasks only", async () => {
    const { TaskManager: tasks } = market.contracts;
    await printed("post-task.js", { AGORA_SPECIFICATION: "a haiku" }, /^Posted task 2/m);
    assert.equal((await tasks.getTask(1n)).feeBps, 250n);
    assert.equal((await tasks.getTask(2n)).feeBps, 100n);
  });
});
