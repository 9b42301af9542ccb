import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatCredits,
  formatEther,
  formatPercent,
  formatSpan,
  readableCredits,
  shortCredits,
  shorten,
  words,
} from "../../web/src/lib/format.ts";

test("credits are cut off, never rounded up", () => {
  assert.equal(formatCredits(0), "0.00");
  assert.equal(formatCredits(1_999_999), "1.99");
  assert.equal(formatCredits(-1_999_999), "−1.99");
  assert.equal(formatCredits(1_234_567_890_123_456, 6), "1,234,567,890.123456");
  assert.equal(formatCredits(999_999, 0), "0");
});

test("a small amount is not shown as nothing", () => {
  assert.equal(readableCredits(1), "0.000001");
  assert.equal(readableCredits(-9_999), "−0.009999");
  assert.equal(readableCredits(10_000), "0.01");
  assert.equal(readableCredits(0), "0.00");
});

test("figures of an axis that differ are written differently, however small", () => {
  const written = [0, 50_000, 100_000, 150_000, 200_000].map(shortCredits);
  assert.deepEqual(written, ["0", "0.05", "0.1", "0.15", "0.2"]);
  assert.deepEqual([0, 1, 2].map(shortCredits), ["0", "0.000001", "0.000002"]);
  assert.deepEqual([1_250_000, 15_000_000, 1_200_000_000].map(shortCredits), ["1.25", "15", "1.2K"]);
});

test("spans are one or two parts", () => {
  assert.equal(formatSpan(0), "0 s");
  assert.equal(formatSpan(59), "59 s");
  assert.equal(formatSpan(60), "1 min");
  assert.equal(formatSpan(185), "3 min 5 s");
  assert.equal(formatSpan(2 * 86_400 + 4 * 3600 + 59), "2 d 4 h");
});

test("names, hashes and parts of one are written for people", () => {
  assert.equal(words("TaskAwarded"), "Task awarded");
  assert.equal(words("vote-lock"), "Vote lock");
  assert.equal(shorten(`0x${"ab".repeat(20)}`), "0xabab…abab");
  assert.equal(shorten("0x1234"), "0x1234");
  assert.equal(formatPercent(0.1234), "12.3 %");
  assert.equal(formatEther("1500000000000000000"), "1.5 ETH");
});
