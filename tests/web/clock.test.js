// The chain's time, where it is not this machine's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ChainTime } from "../../web/src/lib/clock.ts";

const START = 1_000_000;

/** What the page takes for the chain's time, less this machine's, after each block: its time less this machine's. */
function offsets(blocks) {
  const time = new ChainTime();
  return blocks.map((ahead, nth) => {
    const here = START + nth;
    return time.at(here, ahead === null ? null : { number: nth, time: here + ahead }) - here;
  });
}

test("a chain that is ahead is believed at once", () => {
  assert.deepEqual(offsets([null, 0, 600, 600, 599]), [0, 0, 600, 600, 600]);
});

test("a chain whose time stood still for a day is a day behind", () => {
  assert.deepEqual(offsets([-86_400, -86_400, -86_401]), [0, -86_400, -86_400]);
});

test("blocks that are read late do not set the time back, as they draw nearer", () => {
  assert.deepEqual(offsets([-9_000, -6_000, -3_000, -1, 0]), [0, 0, 0, 0, 0]);
});

test("a block after which none came is not looked at again", () => {
  const time = new ChainTime();
  const head = { number: 7, time: START };
  assert.deepEqual(
    [0, 50, 51, 52].map((later) => time.at(START + later, head)),
    [START, START + 50, START + 51, START + 52],
  );
});

test("a chain that was behind and comes up again is followed", () => {
  assert.deepEqual(offsets([-500, -500, 0, 0]), [0, -500, 0, 0]);
});
