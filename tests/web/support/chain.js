// What the contracts themselves say, asked without the explorer.

import { readFileSync } from "node:fs";

import { need, ROOT } from "./packages.js";

const { createPublicClient, http } = need("viem");

const artifact = (name) => {
  const path = new URL(`artifacts/contracts/${name}.sol/${name}.json`, ROOT);
  return JSON.parse(readFileSync(path, "utf8")).abi;
};

/** The blocks whose logs the guard lets be read in one call. */
const MOST_BLOCKS = 100n;

export const STATES = [
  "Open",
  "Awarded",
  "Submitted",
  "Rejected",
  "Disputed",
  "Ruled",
  "Defaulted",
  "Settled",
  "Refunded",
  "Cancelled",
  "Expired",
];

/** The contracts of a market, each function by name: `chain.read("TaskManager", "getTask", 5n)`. */
export function readChain({ node, contracts }) {
  const client = createPublicClient({ transport: http(node) });
  const abis = new Map();
  const abiOf = (name) => {
    if (!abis.has(name)) abis.set(name, artifact(name));
    return abis.get(name);
  };
  const contract = (name) => ({ address: contracts[name], abi: abiOf(name) });
  const read = (name, functionName, ...args) =>
    client.readContract({ ...contract(name), functionName, args });
  const events = async (name, eventName, args) => {
    const event = abiOf(name).find((one) => one.type === "event" && one.name === eventName);
    const head = await client.getBlockNumber();
    const found = [];
    for (let fromBlock = 0n; fromBlock <= head; fromBlock += MOST_BLOCKS) {
      const toBlock = fromBlock + MOST_BLOCKS - 1n;
      found.push(...(await client.getLogs({ address: contracts[name], event, args, fromBlock, toBlock })));
    }
    return found;
  };
  const task = async (id) => {
    const found = await read("TaskManager", "getTask", BigInt(id));
    return { ...found, stateName: STATES[found.state] };
  };
  /** What an account of the Ledger has. */
  const account = async (id) => {
    const { free, locked } = await read("Ledger", "balanceOf", id);
    return { free, locked };
  };
  return { client, contracts, contract, read, events, task, account };
}

/** Agents' accounts in the Ledger have bit 160. */
export const accountOfAgent = (id) => (1n << 160n) | BigInt(id);
