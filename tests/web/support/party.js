// Those whom a task's page is about, and who do without it.

import assert from "node:assert/strict";

import { need } from "./packages.js";

const { createWalletClient, http, numberToHex, parseEventLogs } = need("viem");
const { hardhat } = need("viem/chains");

// More than any call takes: a call that waits for another one in its block cannot be estimated.
const GAS = 2_000_000n;
const NOTHING = numberToHex(0, { size: 32 });
const POLL_MS = 100;

/** An account, and how it calls the market's contracts. */
export function partyOf({ market, chain }, account) {
  const { address } = account;
  const signer = createWalletClient({ account, chain: hardhat, transport: http(market.node) });
  const sendAll = async (calls) => {
    const first = await chain.client.getTransactionCount({ address, blockTag: "pending" });
    const hashes = [];
    for (const [at, [contract, functionName, ...args]] of calls.entries()) {
      const call = { ...chain.contract(contract), functionName, args, gas: GAS, nonce: first + at };
      hashes.push(await signer.writeContract(call));
    }
    const wait = (hash) => chain.client.waitForTransactionReceipt({ hash, pollingInterval: POLL_MS });
    const receipts = await Promise.all(hashes.map(wait));
    for (const [at, { status }] of receipts.entries()) assert.equal(status, "success", calls[at].join(" "));
    return receipts;
  };
  let last = Promise.resolve();
  /** Sends calls, each a contract, a function and its arguments, in this order; their receipts. */
  const send = (...calls) => {
    // Those of before are in a block first: two that send at once would take the same nonces.
    const sent = last.then(() => sendAll(calls));
    last = sent.catch(() => {});
    return sent;
  };
  return { address, account, send };
}

/** The arguments of a contract's events of one name in a receipt. */
export function eventsIn(chain, { logs }, contract, eventName) {
  return parseEventLogs({ abi: chain.contract(contract).abi, eventName, logs }).map(({ args }) => args);
}
/** Holds all seats of the evaluator pool, so that panels find what it wants. */
export function judgeOf(chain, party) {
  const pool = (name, ...args) => chain.read("EvaluatorPool", name, ...args);
  const client = chain.contract("TaskManager").address;
  const take = async (seats) => {
    const stake = (await pool("seatStake")) * BigInt(seats);
    const calls = Array.from({ length: seats }, () => ["EvaluatorPool", "takeSeat"]);
    await party.send(
      ["CreditToken", "approve", chain.contract("Ledger").address, stake],
      ["Ledger", "deposit", BigInt(party.address), stake],
      ...calls,
    );
  };
  /** The panel is drawn, and each member has sealed this score; what opens them. */
  const seal = async (task, score) => {
    const { drawBlock } = await pool("panelOf", client, task);
    while ((await chain.client.getBlockNumber({ cacheTime: 0 })) < drawBlock) await pause();
    await party.send(["EvaluatorPool", "draw", client, task]);
    const [{ round }, members] = await Promise.all([
      pool("panelOf", client, task),
      pool("membersOf", client, task),
    ]);
    const seats = members.map(({ seat }) => seat);
    const digest = (seat) => pool("scoreDigest", client, task, round, seat, score, NOTHING);
    const digests = await Promise.all(seats.map(digest));
    await party.send(
      ...seats.map((seat, at) => ["EvaluatorPool", "commitScore", client, task, seat, digests[at]]),
    );
    return seats.map((seat) => ["EvaluatorPool", "revealScore", client, task, seat, score, NOTHING]);
  };
  const open = (sealed) => party.send(...sealed);
  const tally = (task) => party.send(["EvaluatorPool", "tally", client, task]);
  return { take, seal, open, tally };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
