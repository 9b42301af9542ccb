// The built page on a market at work, in a real browser. One market serves all of these tests.
//
// Needs Chromium (AGORA_CHROMIUM, or in PATH) and the built page (`npm --prefix web run build`). Without a browser they are
// skipped, but in CI they fail.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import * as figures from "./page/figures.js";
import * as hostile from "./page/hostile.js";
import * as keyboard from "./page/keyboard.js";
import * as looks from "./page/looks.js";
import * as overview from "./page/overview.js";
import * as paths from "./page/paths.js";
import * as posting from "./page/posting.js";
import * as steps from "./page/steps.js";
import * as trouble from "./page/trouble.js";
import { findChromium, openBrowser } from "./support/browser.js";
import { readChain } from "./support/chain.js";
import { startMarket } from "./support/market.js";
import { ROOT } from "./support/packages.js";

const chromium = findChromium();
const skip = chromium === null && process.env.CI !== "true" ? "no Chromium here: set AGORA_CHROMIUM" : false;

/** What the tests share; `tasks` are those that were posted from the page and bid for. */
const stage = { market: null, chain: null, browser: null, hostile: null, tasks: [] };

before(async () => {
  if (skip) return;
  assert.notEqual(chromium, null, "there is no Chromium: install it, or set AGORA_CHROMIUM");
  assert.ok(existsSync(new URL("web/dist/index.html", ROOT)), "build the page: npm --prefix web run build");
  [stage.browser, stage.market] = await Promise.all([openBrowser(chromium), startMarket()]);
  stage.chain = readChain(stage.market);
  stage.hostile = stage.market.tell({ do: "hostile" });
  stage.hostile.catch(() => {});
});

after(async () => {
  await stage.browser?.close();
  await stage.market?.stop();
});

// Two at a time: much of a test is waiting.
const TURNS = {
  "a market at work": [overview, posting],
  "what it has come to": [looks, hostile, figures, keyboard, paths],
  "as time passes": [steps],
  "without its node": [trouble],
};

for (const [turn, parts] of Object.entries(TURNS)) {
  describe(turn, { concurrency: 2 }, () => {
    for (const { tests } of parts) {
      for (const [name, run] of Object.entries(tests)) test(name, { skip }, () => run(stage));
    }
  });
}
