/** Another chain, reached by URL and key as a public one would be: no faucet, longer windows, all under the vote. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import hre from "hardhat";
import solc from "solc";

import { runScript, startNode } from "../support/node.js";

const CHAIN_ID = 31338;
const CREDIT = 1_000_000n;
const CREATIONS = 16;
/** The first account of the public test phrase, and the second. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OTHER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

describe("a chain that is not for development", () => {
  let directory, file, node, connection, ethers, deployer, settings;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "agora-"));
    file = path.join(directory, "addresses.json");
    node = await startNode(CHAIN_ID);
    settings = { AGORA_RPC_URL: node.url, AGORA_DEPLOYER_KEY: KEY, AGORA_ADDRESSES: file };
    connection = await hre.network.create({ network: "localhost", override: { url: node.url } });
    ethers = connection.ethers;
    [deployer] = await ethers.getSigners();
  });

  after(async () => {
    await connection?.close();
    await node?.stop();
    await rm(directory, { recursive: true });
  });

  const run = (name, more = {}) => runScript(name, "remote", { ...settings, ...more });
  const deploy = (more = {}) => run("deploy-all.js", { AGORA_FOUNDING_CREDITS: "1000", ...more });
  const contracts = async () => JSON.parse(await readFile(file, "utf8"))[CHAIN_ID].contracts;
  const at = async (name) => ethers.getContractAt(name, (await contracts())[name]);

  async function refused(result, complaint) {
    assert.match(result.complaint.trim(), complaint);
    assert.equal(result.code, 2);
    await assert.rejects(readFile(file), { code: "ENOENT" });
  }

  it("asks for what it needs before it sends anything", async () => {
    await refused(await deploy({ AGORA_RPC_URL: undefined }), /AGORA_RPC_URL/);
    await refused(await run("deploy-all.js"), /^AGORA_FOUNDING_CREDITS is not set: [^\n]+$/);
    await refused(await deploy({ AGORA_FOUNDING_CREDITS: "9" }), /^AGORA_FOUNDING_CREDITS is 9: /);
    assert.equal(await deployer.getNonce(), 0);
  });

  it("stops in the middle when the coin for gas runs out", async () => {
    // As much as some of the deployment costs.
    await ethers.provider.send("hardhat_setBalance", [
      deployer.address,
      ethers.toQuantity(ethers.parseEther("0.01")),
    ]);
    await refused(await deploy(), /^The account that signs has too little of the chain's coin/);
    const done = await deployer.getNonce();
    assert.ok(done > 0 && done < CREATIONS, `${done} transactions were mined`);
    await ethers.provider.send("hardhat_setBalance", [
      deployer.address,
      ethers.toQuantity(ethers.parseEther("100")),
    ]);
  });

  it("does not go on with another key or other settings", async () => {
    await refused(
      await deploy({ AGORA_DEPLOYER_KEY: OTHER_KEY }),
      /use that key, or delete \S+ to begin anew$/,
    );
    await refused(await deploy({ AGORA_FOUNDING_CREDITS: "999" }), /was of other contracts or settings: /);
  });

  it("does not go on where the deployer did something else in between", async () => {
    const id = await ethers.provider.send("evm_snapshot", []);
    await deployer.sendTransaction({ to: deployer.address });
    await refused(await deploy(), /cannot be gone on with, as \w+ was not created in its turn: delete \S+/);
    await ethers.provider.send("evm_revert", [id]);
  });

  it("goes on where it stopped, and says so", async () => {
    const result = await deploy();
    assert.equal(result.complaint, "");
    assert.match(result.printed, /begun in block 1 goes on after \d+ of 21 transactions\./);
    assert.match(result.printed, /Wired and checked; addresses written to/);
    assert.deepEqual((await readdir(directory)).sort(), ["addresses.json", "deployments"]);
    assert.equal(await deployer.getNonce(), 21);
  });

  it("changes nothing the second time", async () => {
    const [earlier, block] = [await readFile(file), await ethers.provider.getBlockNumber()];
    const result = await run("deploy-all.js");
    assert.match(result.printed, /The market is deployed on chain 31338 already; nothing was changed\./);
    assert.equal(result.code, 0);
    assert.deepEqual(await readFile(file), earlier);
    assert.equal(await ethers.provider.getBlockNumber(), block);
  });

  it("leaves the deployer its founding credits and no role", async () => {
    const [token, parameters, governor] = [
      await at("CreditToken"),
      await at("MarketParameters"),
      await at("MarketGovernor"),
    ];
    assert.equal(await token.balanceOf(deployer), 1_000n * CREDIT);
    assert.equal(await token.totalSupply(), 1_000n * CREDIT);
    assert.equal(await token.hasRole(await token.MINTER_ROLE(), deployer), false);
    assert.equal(await token.hasRole(ethers.ZeroHash, deployer), false);
    assert.equal(await parameters.floor(), 60n);
    assert.equal((await parameters.current()).minWindow, 60n);
    assert.equal(await governor.leastQuorum(), 100n * CREDIT);
  });

  it("funds from what the signer has, and no more", async () => {
    const funded = await run("fund.js", { AGORA_CREDITS: "400" });
    assert.match(funded.printed, /has 400\.0 free\.$/m);
    const refusal = await run("fund.js", { AGORA_CREDITS: "601" });
    assert.match(refusal.complaint, /holds 600\.0 credits, not 601\.0: there is no faucet on this chain$/m);
    assert.equal(refusal.code, 2);
  });

  it("writes what an explorer needs: the compiler makes of it what was deployed", async () => {
    const folder = path.join(directory, "deployments", String(CHAIN_ID));
    const record = JSON.parse(await readFile(path.join(folder, "contracts.json"), "utf8"));
    assert.deepEqual(
      Object.entries(record).map(([name, { address }]) => [name, address]),
      Object.entries(await contracts()),
    );
    const created = await creations(Object.keys(record).length);
    for (const input of new Set(Object.values(record).map((entry) => entry.input))) {
      const entries = Object.entries(record).filter(([, entry]) => entry.input === input);
      const { contracts: compiled } = await compile(path.join(folder, input), entries);
      for (const [name, { address, contract, compiler, constructorArguments }] of entries) {
        assert.ok(compiler.startsWith(`v${solc.version().split(".Emscripten")[0]}`));
        const bytecode = compiled[contract.split(":")[0]][name].evm.bytecode.object;
        assert.equal(created.get(address), `0x${bytecode}${constructorArguments}`, name);
      }
    }
  });

  /** What created each contract, by its address. */
  async function creations(count) {
    const found = new Map();
    for (let block = 1; found.size < count; block++) {
      const [hash] = (await ethers.provider.getBlock(block)).transactions;
      const { data } = await ethers.provider.getTransaction(hash);
      found.set((await ethers.provider.getTransactionReceipt(hash)).contractAddress, data);
    }
    return found;
  }

  async function compile(file, entries) {
    const input = JSON.parse(await readFile(file, "utf8"));
    const selected = entries.map(([name, { contract }]) => [contract.split(":")[0], name]);
    input.settings.outputSelection = Object.fromEntries(
      selected.map(([source, name]) => [source, { [name]: ["evm.bytecode.object"] }]),
    );
    return JSON.parse(solc.compile(JSON.stringify(input)));
  }

  it("refuses a file of addresses that is there in part", async () => {
    const written = JSON.parse(await readFile(file, "utf8"));
    const part = path.join(directory, "part.json");
    delete written[CHAIN_ID].contracts.MarketGovernor;
    await writeFile(part, JSON.stringify(written));
    const result = await deploy({ AGORA_ADDRESSES: part });
    assert.match(
      result.complaint,
      /names a market without MarketGovernor, of another version or another chain: /,
    );
    assert.equal(result.code, 2);
  });
});
