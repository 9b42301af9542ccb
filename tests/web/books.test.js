import assert from "node:assert/strict";
import { test } from "node:test";

import { balanceSides, flowsOf, unmoved } from "../../web/src/task/books.ts";

const move = (account_from, part_from, account_to, part_to, amount) => ({
  account_from,
  part_from,
  account_to,
  part_to,
  amount,
});
const requester = "0x1111111111111111111111111111111111111111";
const task = [
  move(requester, "free", requester, "locked", 500),
  move("agent:1", "free", "agent:1", "locked", 50),
  move("agent:2", "free", "agent:2", "locked", 50),
  move("agent:2", "locked", "agent:2", "free", 50),
  move(requester, "locked", "agent:1", "free", 300),
  move(requester, "locked", requester, "free", 200),
  move("agent:1", "locked", null, "burn", 50),
  move("agent:1", "debt", "agent:2", "debt", 7),
];

test("debits and credits come to the same sum, and a debt is none of them", () => {
  const sides = balanceSides(task);
  const sum = (name) => sides.reduce((total, side) => total + side[name], 0);
  assert.equal(sum("debit"), 1_200);
  assert.equal(sum("credit"), 1_200);
  assert.ok(!sides.some((side) => side.part === "debt"));
  const locked = sides.find((side) => side.account === requester && side.part === "locked");
  assert.deepEqual([locked.debit, locked.credit], [500, 500]);
});

test("only agents whose credits went to and fro are unmoved", () => {
  assert.deepEqual([...unmoved(task)], ["agent:2"]);
});

test("flows lead from before over locked to after, and nothing is lost on the way", () => {
  const flows = flowsOf(task, (account) => account);
  const value = (source, target) =>
    flows.find((flow) => flow.source === source && flow.target === target)?.value;
  assert.equal(value(`${requester}, before`, `${requester}, locked`), 500);
  assert.equal(value(`${requester}, locked`, "agent:1, after"), 300);
  assert.equal(value("agent:1, locked", "burned"), 50);
  const through = (name, side) =>
    flows.filter((flow) => flow[side] === name).reduce((total, flow) => total + flow.value, 0);
  assert.equal(through(`${requester}, locked`, "target"), through(`${requester}, locked`, "source"));
});
