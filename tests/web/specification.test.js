// The page's specifications against those of agents/market/specification.py: the same bytes, the same limits.

import assert from "node:assert/strict";
import { test } from "node:test";

import { faultsOf, EMPTY } from "../../web/src/wallet/draft.ts";
import { canonicalBytes, digestOf } from "../../web/src/wallet/specification.ts";
import { ask } from "./support/python.js";

const TERMS = { feeBps: 250n, bondPercent: 10n, seatFee: 10n, minWindow: 5, maxWindow: 2_592_000 };
const PLAIN = { title: "A title", description: "What to do.", skill: "research", rubric: ["Is it short?"] };

// Each differs from a plain specification in one place. What only one side could know of Unicode is not among them.
const CHANGES = [
  {},
  { title: 'Quotes " and \\ and / and \u2028' },
  { title: "Cafe\u0301 \u212b \ufb01", description: "e\u0301".repeat(3000) },
  { title: "\u202eturned\u202c \u200b \ufeff" },
  { title: "<script>alert(1)</script>", description: "<img src=x onerror=alert(1)>" },
  { title: "𝒜".repeat(120) },
  { title: "𝒜".repeat(121) },
  { title: "e\u0301".repeat(100) },
  { title: "\u0958".repeat(70) },
  { title: "  spaces stay  " },
  { title: "" },
  { title: " \u00a0 " },
  { title: "two\nlines" },
  { title: "a tab\there" },
  { title: "delete \u007f" },
  { title: "c1 \u0085" },
  { description: "line\nbreaks\tand tabs" },
  { description: "a return\r\nhere" },
  { description: "nothing \u0000" },
  { description: "x".repeat(8000) },
  { description: "x".repeat(8001) },
  { description: "\n" },
  { skill: "a" },
  { skill: "a-1-b-2-c-3-d-4" },
  { skill: "a-1-b-2-c-3-d-45" },
  { skill: "1a" },
  { skill: "Research" },
  { skill: "" },
  { skill: "two words" },
  { skill: "research\n" },
  { rubric: Array.from({ length: 12 }, (_, at) => `Line ${at}`) },
  { rubric: Array.from({ length: 13 }, (_, at) => `Line ${at}`) },
  { rubric: ["good", ""] },
  { rubric: ["x".repeat(300), "y".repeat(300)] },
  { rubric: ["x".repeat(301)] },
  { rubric: ["one\ttab"] },
];

test("specifications are written and refused as in Python", async () => {
  const all = CHANGES.map((change) => ({ ...PLAIN, ...change }));
  const answers = await ask("canonical.py", all);
  let written = 0;
  for (const [at, specification] of all.entries()) {
    const shown = JSON.stringify(CHANGES[at]).slice(0, 80);
    const faults = faultsOf({ ...EMPTY, ...specification }, TERMS, false);
    assert.equal(
      Object.keys(faults).length > 0,
      "fault" in answers[at],
      `${shown}: ${JSON.stringify(faults)}`,
    );
    if ("fault" in answers[at]) continue;
    const document = canonicalBytes(specification);
    assert.equal(Buffer.from(document).toString("hex"), answers[at].hex, shown);
    assert.equal(digestOf(document), `0x${answers[at].digest}`, shown);
    written += 1;
  }
  assert.ok(written > 10 && written < all.length - 10, "both kinds are among them");
});

test("a fault is told beside its field", () => {
  const draft = {
    ...EMPTY,
    ...PLAIN,
    reserve: "0.05",
    passing: "101",
    windows: { ...EMPTY.windows, review: "4" },
  };
  const faults = faultsOf(draft, TERMS, false);
  assert.deepEqual(Object.keys(faults).sort(), ["passing", "reserve", "review"]);
  assert.match(faults.review, /from 5 to 2592000/);
  assert.match(faults.reserve, /from 0.1 to/);
});
