/**
 * What the explorer's page does in a real browser.
 *
 *     node bench/explorer/browser.js watch URL FILE    # by block, the seconds at which its events were drawn
 *     node bench/explorer/browser.js frames URL FILE   # the frames of the overview, and when its charts changed
 *     node bench/explorer/browser.js load URL FILE     # the first load of the overview, a few times
 *
 * Says so when the page is there; `watch` and `frames` go on until standard input is closed.
 */
import { writeFileSync } from "node:fs";

import { findChromium, openBrowser } from "../../tests/web/support/browser.js";

const LOADS = 5;
const BLOCK_BITS = 20;

const [what, url, file] = process.argv.slice(2);

/** Resolves when whoever started this wants it to end. */
function told() {
  return new Promise((resolve) => process.stdin.on("end", resolve).resume());
}

async function watch(browser) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector(".ticker-list");
  await page.evaluate((bits) => {
    const seen = new Set();
    globalThis.drawn = {};
    const look = () => {
      requestAnimationFrame(() => {
        const now = (performance.timeOrigin + performance.now()) / 1000;
        for (const line of document.querySelectorAll(".ticker-list li[data-seq]")) {
          const seq = Number(line.dataset.seq);
          if (seen.has(seq)) continue;
          seen.add(seq);
          (globalThis.drawn[Math.floor(seq / 2 ** bits)] ??= []).push(now);
        }
      });
    };
    look();
    globalThis.drawn = {};
    new MutationObserver(look).observe(document.querySelector(".ticker-list"), { childList: true });
  }, BLOCK_BITS);
  console.log("open");
  await told();
  return page.evaluate(() => globalThis.drawn);
}

async function frames(browser) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector(".recharts-surface");
  await page.evaluate(() => {
    globalThis.drawn = { times: [], changes: [] };
    const note = (time) => {
      globalThis.drawn.times.push(time);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    const charts = { subtree: true, childList: true, attributeFilter: ["d", "x", "y", "width", "height"] };
    const changed = new MutationObserver(() => globalThis.drawn.changes.push(performance.now()));
    for (const figure of document.querySelectorAll(".figure-drawing")) changed.observe(figure, charts);
  });
  console.log("open");
  await told();
  return page.evaluate(() => globalThis.drawn);
}

async function load(browser) {
  const loads = [];
  for (let at = 0; at < LOADS; at++) {
    // Nothing of an earlier load is left in a context of its own.
    const context = await browser.newContext();
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    let script = 0;
    const scripts = new Set();
    devtools.on(
      "Network.responseReceived",
      ({ requestId, type }) => type === "Script" && scripts.add(requestId),
    );
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) script += encodedDataLength;
    });
    await page.goto(url);
    await page.waitForSelector(".recharts-surface");
    const shown = await page.evaluate(() => performance.now());
    const largest = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
            type: "largest-contentful-paint",
            buffered: true,
          });
        }),
    );
    loads.push({ shown, largest, script });
    await context.close();
  }
  console.log("open");
  await told();
  return loads;
}

const browser = await openBrowser(findChromium());
try {
  writeFileSync(file, JSON.stringify(await { watch, frames, load }[what](browser)));
} finally {
  await browser.close();
}
