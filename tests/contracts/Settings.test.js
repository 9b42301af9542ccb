/** What the example scripts take from the environment, and what they refuse. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";

import { ethers } from "ethers";

import { Mistake } from "../../scripts/lib/mistake.js";
import { foundingRulesOf, rulesOf } from "../../scripts/lib/plan.js";
import { account, credits, whole } from "../../scripts/lib/settings.js";

const NAME = "AGORA_FOUNDING_CREDITS";
const ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

describe("settings", () => {
  afterEach(() => delete process.env[NAME]);

  function give(value) {
    if (value === undefined) delete process.env[NAME];
    else process.env[NAME] = value;
  }

  function takes(read, value, expected) {
    give(value);
    assert.equal(read(), expected, value);
  }

  function refuses(read, value) {
    give(value);
    const named = (error) => error instanceof Mistake && error.message.startsWith(`${NAME} is `);
    assert.throws(read, named, value);
  }

  it("reads credits in units", () => {
    const read = () => credits(NAME);
    takes(read, "12.5", 12_500_000n);
    takes(read, "0.000001", 1n);
    takes(() => credits(NAME, "10"), undefined, 10_000_000n);
    for (const value of [undefined, "", "0", "0.0", "-1", "1e3", "1.0000001", ".5", "1.", "a lot"])
      refuses(read, value);
  });

  it("reads whole numbers", () => {
    const read = () => whole(NAME);
    takes(read, "7", 7n);
    takes(read, undefined, undefined);
    takes(() => whole(NAME, "3600"), undefined, 3_600n);
    for (const value of ["0", "-1", "1.5", "07", "soon"]) refuses(read, value);
  });

  it("reads accounts", () => {
    const read = () => account(ethers, NAME, ADDRESS);
    takes(read, undefined, BigInt(ADDRESS));
    takes(read, ADDRESS.toLowerCase(), BigInt(ADDRESS));
    takes(read, "agent:7", (1n << 160n) | 7n);
    for (const value of ["agent:0", "agent:", "agent:x", "7", "0x12", "ada"]) refuses(read, value);
  });

  it("reads how many credits a market is founded with", () => {
    const read = () => foundingRulesOf(1n).founding;
    takes(read, "10", 10_000_000n);
    takes(read, "1000000000", 10n ** 15n);
    for (const value of [undefined, "", "0", "9", "1.5", "-10", "1000000001", "99999999999"])
      refuses(read, value);
  });

  it("has a faucet on the development chain alone", () => {
    assert.deepEqual(foundingRulesOf(31337n), rulesOf(31337n));
    assert.equal(rulesOf(31337n).faucet, true);
    assert.equal(rulesOf(31337n).minWindow, 5);
    assert.equal(rulesOf(31338n).faucet, false);
    assert.equal(rulesOf(31338n).minWindow, 60);
  });
});
