import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { topicsOf } from "../../web/src/api/topics.ts";

const event = (contract, more = {}) => ({ contract, tasks: [], agents: [], ...more });

test("an event touches its tasks, its agents and what its contract changes", () => {
  const topics = topicsOf(event("TaskManager", { tasks: [5, 6], agents: [3] }));
  for (const topic of ["events", "overview", "tasks", "task:5", "task:6", "agent:3"]) {
    assert.ok(topics.includes(topic), topic);
  }
  assert.ok(!topicsOf(event("MessageHub")).includes("tasks"));
});

test("every contract of the market has topics of its own", () => {
  const bindings = new URL("../../agents/chain/bindings/", import.meta.url);
  const contracts = readdirSync(bindings)
    .filter((file) => file.endsWith(".py"))
    .map((file) => readFileSync(new URL(file, bindings), "utf8"))
    .filter((source) => source.includes("(Event)"))
    .flatMap((source) => /^class (\w+):$/m.exec(source)?.[1] ?? []);
  assert.ok(contracts.length > 10, contracts.join());
  const plain = topicsOf(event("Stranger")).length;
  for (const contract of contracts) assert.ok(topicsOf(event(contract)).length > plain, contract);
});
