// Offers for direct awards, as text from an agent to a requester.

import assert from "node:assert/strict";
import { test } from "node:test";

// The page's modules take viem as the browser does.
const viem = await import("../../web/node_modules/viem/_esm/index.js");
const { privateKeyToAccount } = await import("../../web/node_modules/viem/_esm/accounts/index.js");
const { drawNonce, readOffer, signOffer, writeOffer } = await import("../../web/src/wallet/offers.ts");

const PLACE = { chainId: 31337, auction: "0x00000000000000000000000000000000000000cd" };
const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const client = viem.createClient({ account, transport: viem.http("http://127.0.0.1:1") });
const BID = {
  taskId: 5n,
  agentId: 3n,
  price: 4_000_000n,
  promised: 60n,
  validUntil: 900n,
  nonce: drawNonce(),
};

const offer = await signOffer(client, account.address, PLACE, BID);
const text = writeOffer(PLACE, offer);

test("an offer is read as it was written, signed by who made it", async () => {
  assert.deepEqual(readOffer(` ${text}\n`, PLACE, 5), offer);
  const names = ["taskId", "agentId", "price", "promised", "validUntil", "nonce"];
  const signer = await viem.recoverTypedDataAddress({
    domain: { name: "BidAuction", version: "1", chainId: 31337, verifyingContract: PLACE.auction },
    types: { SignedBid: names.map((name) => ({ name, type: "uint256" })) },
    primaryType: "SignedBid",
    message: BID,
    signature: offer.signature,
  });
  assert.equal(signer, account.address);
});

test("what is no offer for this task is told", () => {
  const changed = (change) => readOffer(JSON.stringify({ ...JSON.parse(text), ...change }), PLACE, 5);
  assert.match(readOffer(text, PLACE, 6), /for task 5, and this is task 6/);
  assert.match(changed({ chainId: 1 }), /another market/);
  assert.match(changed({ auction: account.address }), /another market/);
  for (const no of ["", "offer", "[]", "null", "5", text.slice(0, -1)]) {
    assert.equal(typeof readOffer(no, PLACE, 5), "string", no);
  }
  for (const name of ["price", "nonce", "signer", "signature"]) {
    assert.match(changed({ [name]: undefined }), /A part of the offer is missing/, name);
  }
  for (const price of [-1, "1e3", "0x10", "1.5", {}, "9".repeat(79)]) {
    assert.match(changed({ price }), /A part of the offer is missing/, String(price));
  }
  assert.match(changed({ signer: "0x1" }), /missing/);
});

test("two offers never share a nonce", () => {
  assert.notEqual(drawNonce(), drawNonce());
});
