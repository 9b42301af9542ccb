// What a task locks, costs and gives back, in units, by figures that were worked out by hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bondOf,
  depositOf,
  feeOf,
  exactCredits,
  outcomesOf,
  parseCredits,
} from "../../web/src/wallet/amounts.ts";

const TERMS = { feeBps: 250n, bondPercent: 10n, seatFee: 10n, minWindow: 5, maxWindow: 100 };

test("a deposit is the larger panel's fee and a tenth, or both panels' fees", () => {
  assert.equal(depositOf(10_000_000n, 10n, false), 70_000n + 1_000_000n);
  assert.equal(depositOf(10_000_001n, 10n, false), 70_000n + 1_000_001n);
  assert.equal(depositOf(10_000_000n, 10n, true), 70_000n + 30_000n);
});

test("fees are rounded down, bonds up and to a tenth of a credit at the least", () => {
  assert.equal(feeOf(10_000_039n, 250n), 250_000n);
  assert.equal(bondOf(10_000_001n, 10n), 1_000_001n);
  assert.equal(bondOf(500_000n, 10n), 100_000n);
});

test("in each case what is paid and what comes back make what was locked", () => {
  for (const byPool of [false, true]) {
    const locked = 10_000_000n + depositOf(10_000_000n, 10n, byPool);
    const outcomes = outcomesOf(10_000_000n, TERMS, byPool);
    assert.equal(outcomes.length, byPool ? 6 : 7);
    for (const { text, pays, back } of outcomes) {
      const brought = /get its bond/.test(text) ? 1_000_000n : 0n;
      // An appeal is paid by what is locked for it later.
      const later = pays > locked ? pays - locked : 0n;
      assert.equal(pays + back, locked + brought + later, text);
    }
  }
  const costs = outcomesOf(10_000_000n, TERMS, false).map(({ pays }) => pays);
  assert.deepEqual(costs, [10_000_000n, 0n, 11_000_000n, 11_030_000n, 11_100_000n, 0n, 0n]);
  const pooled = outcomesOf(10_000_000n, TERMS, true).map(({ pays }) => pays);
  assert.deepEqual(pooled, [10_030_000n, 30_000n, 10_100_000n, 10_000_000n, 0n, 0n]);
});

test("amounts are read and written in credits", () => {
  assert.equal(parseCredits("2.5"), 2_500_000n);
  assert.equal(parseCredits(" 0.000001 "), 1n);
  for (const wrong of ["", "-1", "1.0000001", "1e6", "0x10", "1,000", "٣", "1.", ".5"]) {
    assert.equal(typeof parseCredits(wrong), "string", wrong);
  }
  assert.equal(exactCredits(2_500_000n), "2.5");
  assert.equal(exactCredits(-1n), "-0.000001");
  assert.equal(exactCredits(0n), "0");
});
