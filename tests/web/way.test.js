import assert from "node:assert/strict";
import { test } from "node:test";

import { stepsOf } from "../../web/src/task/steps.ts";

const OPEN = {
  mode: "SealedSecondPrice",
  state: "Open",
  reserve: 5_000_000,
  created_time: 1_000,
  bidding_end: 1_060,
  reveal_end: 1_090,
  commitments: 2,
  bids_revealed: 0,
  agent: null,
  price: null,
  award: null,
  submitted_time: null,
  deadline: null,
  lateness: 0,
  score: null,
  passing_score: 60,
  silent: false,
  ended_time: null,
  refunded: 0,
  timeline: [],
};
const states = (task, now) => stepsOf(task, now).map((step) => `${step.name} ${step.state}`);

test("an open task waits for bids, and after that for their being opened", () => {
  assert.deepEqual(states(OPEN, 1_059).slice(0, 4), [
    "Posted done",
    "Bids now",
    "Reveal ahead",
    "Award ahead",
  ]);
  assert.deepEqual(states(OPEN, 1_060).slice(1, 3), ["Bids done", "Reveal now"]);
});

test("what nobody bid on ends before its award", () => {
  const expired = { ...OPEN, state: "Expired", commitments: 0, ended_time: 1_095, refunded: 5_000_000 };
  assert.deepEqual(states(expired, 1_100), ["Posted done", "Bids failed", "Reveal failed", "Expired failed"]);
});

test("a settled task has come all the way, with the times of its events", () => {
  const settled = {
    ...OPEN,
    state: "Settled",
    bids_revealed: 2,
    agent: 3,
    price: 3_000_000,
    award: { time: 1_091 },
    submitted_time: 1_200,
    score: 92,
    ended_time: 1_230,
    timeline: [{ event: "TaskEvaluated", time: 1_230 }],
  };
  const steps = stepsOf(settled, 2_000);
  assert.ok(steps.every((step) => step.state === "done" && step.by === null));
  assert.deepEqual(
    steps.map((step) => step.at),
    [1_000, 1_060, 1_090, 1_091, 1_200, 1_230, 1_230],
  );
});

test("a score below the mark fails the evaluation while the dispute is open", () => {
  const rejected = {
    ...OPEN,
    state: "Rejected",
    agent: 3,
    price: 3_000_000,
    submitted_time: 1_200,
    score: 10,
    deadline: 1_300,
  };
  const last = stepsOf(rejected, 1_250).slice(-2);
  assert.deepEqual([last[0].state, last[1].state, last[1].by], ["failed", "now", 1_300]);
});

test("a direct award waits for an offer, and has no bids on its way", () => {
  const open = { ...OPEN, mode: "Direct", commitments: 0 };
  assert.deepEqual(states(open, 1_059).slice(0, 3), ["Posted done", "Award now", "Delivery ahead"]);
  assert.equal(stepsOf(open, 1_059)[1].by, 1_060);
  assert.equal(stepsOf(open, 1_060)[1].by, null);
  const expired = { ...open, state: "Expired", ended_time: 1_095 };
  assert.deepEqual(states(expired, 1_100), ["Posted done", "Award failed", "Expired failed"]);
});

test("a race goes from entries over showing and judging to its end", () => {
  const entries = [{ status: "failed" }, { status: "shown" }];
  const open = { ...OPEN, mode: "Race", bids_revealed: 2, entries };
  const ahead = ["Posted done", "Entries now", "Showing ahead", "Judging ahead", "Settlement ahead"];
  assert.deepEqual(states(open, 1_059), ahead);
  assert.deepEqual(states(open, 1_090).slice(1, 4), ["Entries done", "Showing done", "Judging now"]);
  assert.equal(stepsOf(open, 1_090)[3].note, "1 judged too low");
  const settled = { ...open, state: "Settled", silent: true, price: 5_000_000, ended_time: 1_120 };
  assert.ok(states(settled, 2_000).every((state) => state.endsWith(" done")));
  assert.deepEqual([stepsOf(settled, 2_000)[3].at, stepsOf(settled, 2_000)[3].note], [1_120, "nobody spoke"]);
  const expired = {
    ...open,
    state: "Expired",
    commitments: 0,
    bids_revealed: 0,
    entries: [],
    ended_time: 1_095,
  };
  assert.deepEqual(states(expired, 1_100).slice(-2), ["Judging failed", "Expired failed"]);
});
