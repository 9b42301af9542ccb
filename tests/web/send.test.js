// A call on its way to the chain, while the node comes and goes.

import assert from "node:assert/strict";
import { test } from "node:test";

const viem = await import("../../web/node_modules/viem/_esm/index.js");
const { taskManagerAbi } = await import("../../web/src/wallet/abi.ts");
const { send } = await import("../../web/src/wallet/send.ts");

const [ACCOUNT, CONTRACT] = [
  "0x00000000000000000000000000000000000000ab",
  "0x00000000000000000000000000000000000000cd",
];
const CHAIN = viem.defineChain({
  id: 31_337,
  name: "A chain",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [] } },
});
const HASH = `0x${"11".repeat(32)}`;
const PLACE = { blockHash: HASH, blockNumber: "0x5", transactionIndex: "0x0" };
const TRANSACTION = { hash: HASH, from: ACCOUNT, to: CONTRACT, nonce: "0x0", value: "0x0", input: "0x" };
const RECEIPT = { ...PLACE, transactionHash: HASH, status: "0x1", logs: [], type: "0x2" };

/** A node that answers what `says` holds, and counts what it was asked. */
function nodeThat(says) {
  const asked = {};
  const request = async ({ method }) => {
    asked[method] = (asked[method] ?? 0) + 1;
    const answer = says[method];
    return typeof answer === "function" ? answer(asked[method]) : answer;
  };
  const options = { transport: viem.custom({ request }, { retryCount: 0 }), pollingInterval: 20 };
  const reader = viem.createPublicClient(options);
  return { asked, reader, client: viem.createWalletClient({ ...options, account: ACCOUNT, chain: CHAIN }) };
}

test("what was sent is waited for while the node is away, and not sent again", async () => {
  const away = () => {
    throw new viem.HttpRequestError({ url: "http://127.0.0.1:1" });
  };
  const { asked, reader, client } = nodeThat({
    eth_call: "0x",
    eth_estimateGas: "0x5208",
    eth_chainId: "0x7a69",
    eth_sendTransaction: HASH,
    eth_blockNumber: "0x5",
    eth_getTransactionByHash: TRANSACTION,
    eth_getTransactionReceipt: (nth) => (nth === 1 ? null : nth === 2 ? away() : RECEIPT),
  });
  const stages = [];
  const call = { address: CONTRACT, abi: taskManagerAbi, functionName: "release", args: [5n] };
  const receipt = await send(client, reader, ACCOUNT, call, (stage) => stages.push(stage.kind));
  assert.equal(receipt.status, "success");
  assert.equal(asked.eth_sendTransaction, 1);
  assert.equal(asked.eth_getTransactionReceipt, 3);
  assert.deepEqual(stages, ["working", "working", "pending"]);
});
