import assert from "node:assert/strict";
import { test } from "node:test";

import { partWords, reasonWords } from "../../web/src/lib/ledger.ts";

test("where credits are is said in words", () => {
  assert.deepEqual(["free", "minted", "gift"].map(partWords), [
    "free",
    "newly minted",
    "given to the ledger",
  ]);
});

test("what goes through a channel is not called what thinking cost", () => {
  assert.equal(reasonWords("thinking"), "Thinking channel");
  assert.equal(reasonWords("vote-lock"), "Vote lock");
});
