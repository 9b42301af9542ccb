import assert from "node:assert/strict";
import { test } from "node:test";

import { means } from "../../web/src/market/curves.ts";
import { linear, niceTicks } from "../../web/src/plot/scale.ts";
import { commonest, spread } from "../../web/src/plot/spread.ts";

test("a scale maps its domain to its range, upside down too", () => {
  const up = linear([0, 10], [100, 0]);
  assert.deepEqual([up(0), up(5), up(10)], [100, 50, 0]);
  assert.equal(linear([3, 3], [0, 10])(3), 5);
});

test("ticks are round, within the domain, and about as many as asked for", () => {
  assert.deepEqual(niceTicks([0, 10], 5), [0, 2, 4, 6, 8, 10]);
  for (const domain of [
    [4_750, 6_000],
    [0.003, 0.017],
    [0, 16_000_000],
  ]) {
    const ticks = niceTicks(domain, 6);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, ticks.join());
    assert.ok(ticks.every((tick) => tick >= domain[0] && tick <= domain[1] * (1 + 1e-9)));
  }
  assert.deepEqual(niceTicks([7, 7], 5), [7]);
});

const points = [
  { time: 20, skill: "b", value: 3 },
  { time: 10, skill: "a", value: 1 },
  { time: 20, skill: "a", value: 2 },
];

test("points of skills become one row a time, in order", () => {
  const { data, series } = spread(points, commonest(points), (point) => point.value, String);
  assert.deepEqual(
    series.map((one) => one.label),
    ["a", "b"],
  );
  assert.deepEqual(data, [
    { time: 10, s0: 1, s1: null },
    { time: 20, s0: 2, s1: 3 },
  ]);
});

test("what is held keeps its value until the next point", () => {
  const later = [...points, { time: 30, skill: "b", value: 9 }];
  const { data } = spread(later, ["a", "b"], (point) => point.value, String, true);
  assert.deepEqual(data.at(-1), { time: 30, s0: 2, s1: 9 });
});

test("means are of the parts that have points, the last one with its end", () => {
  const at = (x, y) => ({ x, y });
  const along = means(
    [at(0, 2), at(4, 4), at(10, 6)],
    (p) => p.x,
    (p) => p.y,
    [0, 10],
    2,
  );
  assert.deepEqual(along, [
    { x: 2, y: 3, points: 2 },
    { x: 10, y: 6, points: 1 },
  ]);
});
