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

const AUCTION = { mode: "SealedSecondPrice", evaluator: "me" };

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
    const outcomes = outcomesOf(10_000_000n, TERMS, { ...AUCTION, evaluator: byPool ? "pool" : "me" });
    assert.equal(outcomes.length, byPool ? 6 : 7);
    for (const { text, pays, back } of outcomes) {
      const brought = /get its bond/.test(text) ? 1_000_000n : 0n;
      // An appeal is paid by what is locked for it later.
      const later = pays > locked ? pays - locked : 0n;
      assert.equal(pays + back, locked + brought + later, text);
    }
  }
  const costs = outcomesOf(10_000_000n, TERMS, AUCTION).map(({ pays }) => pays);
  assert.deepEqual(costs, [10_000_000n, 0n, 11_000_000n, 11_030_000n, 11_100_000n, 0n, 0n]);
  const pooled = outcomesOf(10_000_000n, TERMS, { ...AUCTION, evaluator: "pool" }).map(({ pays }) => pays);
  assert.deepEqual(pooled, [10_030_000n, 30_000n, 10_100_000n, 10_000_000n, 0n, 0n]);
});

test("a race costs its reserve and the winner's panel at most, and has no worker who could be absent", () => {
  const race = (evaluator) => outcomesOf(10_000_000n, TERMS, { mode: "Race", evaluator });
  assert.deepEqual(
    race("pool").map(({ pays, back }) => [pays, back]),
    [
      [10_030_000n, 70_000n],
      [10_000_000n, 100_000n],
      [0n, 10_100_000n],
      [0n, 10_100_000n],
    ],
  );
  assert.deepEqual(
    race("other").map(({ pays }) => pays),
    [10_000_000n, 0n, 0n],
  );
  assert.ok(!race("pool").some(({ text }) => /deliver|bid/.test(text)));
});

test("who scores is named in what can happen, and a direct award has no runner-up", () => {
  const texts = (plan) => outcomesOf(10_000_000n, TERMS, { ...AUCTION, ...plan }).map(({ text }) => text);
  assert.match(texts({ evaluator: "other" })[0], /^The evaluator accepts/);
  assert.match(texts({})[0], /^You accept/);
  const direct = texts({ mode: "Direct" }).join("\n");
  assert.doesNotMatch(direct, /takes over|first bid/);
  assert.match(direct, /accept no offer/);
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
