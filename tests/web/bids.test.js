import assert from "node:assert/strict";
import { test } from "node:test";

import { effective, isOpen, matching, runnerUp } from "../../web/src/task/standing.ts";

const bid = (agent, price, quality) => ({ agent, price, quality });

test("the effective price is the price at full quality", () => {
  assert.equal(effective(bid(1, 3_000_000, 7_500)), 4_000_000);
  assert.equal(effective(bid(1, 3_000_000, 10_000)), 3_000_000);
});

test("a bid is matched by the price that has the same effective price", () => {
  const second = bid(2, 2_400_000, 6_000);
  const price = matching(second, 7_500);
  assert.equal(price, 3_000_000);
  assert.equal(effective(bid(1, price, 7_500)), effective(second));
});

test("the runner-up is the lowest effective price beside the winner's, not the lowest price", () => {
  const bids = [bid(1, 3_000_000, 10_000), bid(2, 2_900_000, 5_000), bid(3, 4_000_000, 8_000)];
  assert.equal(runnerUp(bids, 1)?.agent, 3);
  assert.equal(runnerUp([bids[0]], 1), null);
});

test("a sealed bid is not open, and one at no price is", () => {
  assert.ok(!isOpen({ price: null }));
  assert.ok(isOpen({ price: 0 }));
});
