// What a person fills in to post a task: what each mode takes, and what the contract is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY, evaluatorOf, faultsOf, paramsOf, presetOf, withMode } from "../../web/src/wallet/draft.ts";

const TERMS = { feeBps: 250n, bondPercent: 10n, seatFee: 10n, minWindow: 5, maxWindow: 2_592_000 };
const DRAFT = {
  ...EMPTY,
  title: "A title",
  description: "What to do.",
  skill: "research",
  rubric: ["Short?"],
};
const [POSTER, POOL, JUDGE] = ["1", "2", "3"].map((end) => `0x${end.padStart(40, "0")}`);

const faults = (change, panels = true) => faultsOf({ ...DRAFT, ...change }, TERMS, panels);
const params = (change) => paramsOf({ ...DRAFT, ...change }, POSTER, "0x01", "0x02");

test("a mode has only its own windows, and what stands in the others is no fault", () => {
  const windows = { bidding: "10", reveal: "none", delivery: "30", review: "40" };
  assert.deepEqual(faults({ mode: "OpenBid", windows }), {});
  assert.deepEqual(faults({ mode: "Direct", windows }), {});
  assert.deepEqual(Object.keys(faults({ windows })), ["reveal"]);
  const race = { mode: "Race", evaluator: "pool", windows: { ...windows, reveal: "20", delivery: "none" } };
  assert.deepEqual(faults(race), {});
  const told = ({ mode, biddingWindow, revealWindow, deliveryWindow, reviewWindow }) => [
    mode,
    [biddingWindow, revealWindow, deliveryWindow, reviewWindow],
  ];
  assert.deepEqual(told(params({ windows: { ...windows, reveal: "20" } })), [0, [10, 20, 30, 40]]);
  assert.deepEqual(told(params({ mode: "OpenBid", windows })), [2, [10, 0, 30, 40]]);
  assert.deepEqual(told(params({ mode: "Direct", windows })), [3, [10, 0, 30, 40]]);
  assert.deepEqual(told(params(race)), [4, [10, 20, 40, 40]]);
});

test("a race is judged by a pool that can draw panels, or by a contract", () => {
  assert.match(faults({ mode: "Race" }).evaluator, /by the pool or by a contract/);
  assert.match(faults({ mode: "Race", evaluator: "pool" }, false).evaluator, /Fewer than three seats/);
  assert.match(faults({ evaluator: "pool" }, false).evaluator, /Fewer than three seats/);
  assert.deepEqual(faults({ mode: "Race", evaluator: "other", judge: JUDGE }, false), {});
  for (const judge of ["", "agent:5", JUDGE.slice(0, -1), `${JUDGE}0`]) {
    assert.match(faults({ evaluator: "other", judge }).judge, /40 hexadecimal digits/, judge);
  }
  const scores = (change) => evaluatorOf({ ...DRAFT, ...change }, POSTER, POOL);
  assert.deepEqual(
    [scores({}), scores({ evaluator: "pool" }), scores({ evaluator: "other", judge: ` ${JUDGE} ` })],
    [POSTER, POOL, JUDGE],
  );
});

test("another mode changes what it rules out, and no window that somebody wrote", () => {
  const race = { ...DRAFT, ...withMode(DRAFT, "Race", true) };
  assert.deepEqual([race.mode, race.evaluator, presetOf(race)], ["Race", "pool", "quick"]);
  assert.ok(
    Number(race.windows.bidding) > Number(DRAFT.windows.bidding),
    "in a race the work takes that time",
  );
  assert.deepEqual({ ...race, ...withMode(race, "SealedSecondPrice", true), evaluator: "me" }, DRAFT);
  const without = { ...DRAFT, ...withMode(DRAFT, "Race", false) };
  assert.equal(without.evaluator, "other");
  assert.equal(withMode(without, "Direct", false).evaluator, "me");
  const written = { ...DRAFT, windows: { ...DRAFT.windows, bidding: "77" } };
  assert.equal("windows" in withMode(written, "Race", true), false);
});
