// Refusals of contracts, wallets and nodes, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

// The page's modules take viem as the browser does: what is thrown must be of the same copy.
const viem = await import("../../web/node_modules/viem/_esm/index.js");
const { errorsAbi } = await import("../../web/src/wallet/abi.ts");
const { faultOf, saysThatNonceIsUsed } = await import("../../web/src/wallet/faults.ts");

function refusal(errorName, args) {
  const data = viem.encodeErrorResult({ abi: errorsAbi, errorName, args });
  const cause = new viem.ContractFunctionRevertedError({ abi: errorsAbi, data, functionName: "evaluate" });
  return new viem.ContractFunctionExecutionError(cause, { abi: errorsAbi, functionName: "evaluate" });
}

test("a contract's refusal is told with its values", () => {
  const fault = faultOf(refusal("InsufficientFree", [1n, 2_500_000n, 11_070_000n]));
  assert.equal(fault.name, "InsufficientFree");
  assert.equal(fault.title, "The account has 2.5 credits free, and this takes 11.07 credits.");
  assert.match(faultOf(refusal("WrongState", [5n, 7])).title, /settled by now/);
  assert.match(faultOf(refusal("HasCommitments", [5n])).title, /can no longer be cancelled/);
});

test("an error that has no words of its own is told by its name and values", () => {
  const fault = faultOf(refusal("NotAuction", ["0x00000000000000000000000000000000000000cd"]));
  assert.match(fault.title, /not auction/);
  assert.match(fault.detail, /0x0000/);
});

test("a person's no, an empty purse and a dead node are told apart", () => {
  const cause = new viem.UserRejectedRequestError(new Error("no"));
  assert.match(faultOf(cause).title, /rejected it in the wallet/);
  assert.match(faultOf(new viem.InsufficientFundsError()).title, /cannot pay for gas/);
  assert.match(faultOf(new viem.HttpRequestError({ url: "http://127.0.0.1:1" })).title, /does not answer/);
  assert.equal(faultOf(new Error("\u202eodd")).detail, "\\u{202e}odd");
});

test("a nonce that another has used is known", () => {
  assert.equal(saysThatNonceIsUsed(new viem.BaseError("nonce too low: next nonce 7, tx nonce 6")), true);
  assert.equal(saysThatNonceIsUsed(new viem.BaseError("execution reverted")), false);
});
