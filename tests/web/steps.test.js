// Which steps an account may take about a task, in each state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { previewOfScore, stepsOf } from "../../web/src/wallet/steps.ts";

const [REQUESTER, OTHER] = [
  "0xAb00000000000000000000000000000000000001",
  "0x00000000000000000000000000000000000000Cd",
];

const TASK = {
  state: "Open",
  round: "None",
  mode: "SealedSecondPrice",
  requester: REQUESTER,
  evaluator: REQUESTER,
  evaluated_by: "requester",
  passing_score: 60,
  reserve: 10_000_000,
  agent: 3,
  price: 4_000_000,
  commitments: 0,
  bidding_end: 400,
  reveal_end: 500,
  deadline: 1_000,
  score: null,
  fee_bps: 250,
  bond_percent: 10,
  seat_fee: 10,
};

const requester = { address: REQUESTER.toLowerCase(), worker: false, runnerUp: 0, race: null };
const worker = { address: OTHER, worker: true, runnerUp: 0, race: null };
const stranger = { address: OTHER, worker: false, runnerUp: 0, race: null };

const HEAD = { head: 4, deadline: 900, unsealed: false, convened: false };
const NO_HEAD = { ...HEAD, head: 0, deadline: 0 };
const RACE = { mode: "Race", commitments: 2, evaluated_by: "pool", agent: null, price: null };

const names = (change, me) => stepsOf({ ...TASK, ...change }, me).map((step) => step.name);

test("each party has its steps, and anyone those after a deadline", () => {
  const expected = [
    [{}, requester, ["cancel", "finalize"]],
    [{ commitments: 1 }, requester, ["finalize"]],
    [{}, stranger, ["finalize"]],
    [{ mode: "Race" }, stranger, []],
    [{ mode: "Direct" }, requester, ["accept", "cancel", "finalize"]],
    [{ mode: "Direct" }, stranger, ["offer", "finalize"]],
    [{ ...RACE, commitments: 0 }, { ...requester, race: NO_HEAD }, ["cancel", "advance"]],
    [RACE, { ...stranger, race: NO_HEAD }, ["advance"]],
    [RACE, { ...requester, race: HEAD }, ["unseal", "release"]],
    [RACE, { ...stranger, race: HEAD }, ["release"]],
    [RACE, { ...stranger, race: { ...HEAD, unsealed: true } }, ["convene", "release"]],
    [RACE, { ...stranger, race: { ...HEAD, unsealed: true, convened: true } }, []],
    [{ ...RACE, evaluated_by: "account" }, { ...requester, race: HEAD }, ["release"]],
    [{ state: "Awarded" }, requester, ["declareDefault"]],
    [{ state: "Submitted" }, requester, ["evaluate", "release"]],
    [{ state: "Submitted" }, worker, ["release"]],
    [
      { state: "Submitted", evaluated_by: "pool", evaluator: OTHER, round: "Convened" },
      requester,
      ["unseal", "closeSealed"],
    ],
    [{ state: "Submitted", evaluated_by: "pool", evaluator: REQUESTER, round: "Unsealed" }, stranger, []],
    [{ state: "Rejected" }, worker, ["dispute", "closeRejected"]],
    [{ state: "Rejected" }, requester, ["closeRejected"]],
    [{ state: "Disputed", round: "Convened" }, requester, ["unseal", "closeSealed"]],
    [{ state: "Disputed", round: "Appeal" }, requester, []],
    [{ state: "Ruled", score: 60 }, requester, ["appeal", "closeRuled"]],
    [{ state: "Ruled", score: 60 }, worker, ["closeRuled"]],
    [{ state: "Ruled", score: 59 }, worker, ["appeal", "closeRuled"]],
    [{ state: "Ruled", score: 59 }, requester, ["closeRuled"]],
    [{ state: "Defaulted" }, { ...stranger, runnerUp: 4 }, ["takeOver", "closeDefaulted"]],
    [{ state: "Defaulted" }, stranger, ["closeDefaulted"]],
    [{ state: "Settled" }, requester, []],
  ];
  for (const [change, me, steps] of expected) {
    assert.deepEqual(names(change, me), steps, JSON.stringify(change));
  }
});

test("an answer has a last moment, and what follows silence a first one", () => {
  const [evaluate, release] = stepsOf({ ...TASK, state: "Submitted" }, requester);
  assert.deepEqual([evaluate.from, evaluate.until], [null, 1_000]);
  assert.deepEqual([release.from, release.until], [1_000, null]);
  const [, finalize] = stepsOf(TASK, requester);
  assert.deepEqual([finalize.from, finalize.until], [500, null]);
});

test("each step is taken by its contract, within the window of its mode", () => {
  const race = stepsOf({ ...TASK, ...RACE }, { ...requester, race: HEAD });
  assert.deepEqual(
    race.map(({ name, at, from, until }) => [name, at, from, until]),
    [
      ["unseal", "race", null, 900],
      ["release", "race", 900, null],
    ],
  );
  assert.match(race[1].preview, /paid 9\.75 credits/);
  const direct = stepsOf({ ...TASK, mode: "Direct" }, requester);
  assert.deepEqual(
    direct.map(({ name, at, from, until }) => [name, at, from, until]),
    [
      ["accept", "auction", null, 400],
      ["cancel", "tasks", null, null],
      ["finalize", "auction", 500, null],
    ],
  );
});

test("a score's preview says whose credits move", () => {
  const task = { ...TASK, state: "Submitted" };
  assert.match(previewOfScore(task, 60), /paid 3\.9 credits, and 7\.07 credits are free/);
  assert.match(previewOfScore(task, 59), /rejected.*11\.07 credits stay locked/);
});
