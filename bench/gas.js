/**
 * Weighs every step of the market, prints it beside what others cost, and writes bench/results/gas.json.
 *
 *     npx hardhat run bench/gas.js
 *     AGORA_GAS_CHECK=1 npx hardhat run bench/gas.js
 *
 * The second form changes nothing, and fails where any figure is not the committed one; only the great crowd's, which
 * take minutes, are left out of it. The figures are gasUsed of real transactions' receipts, so that they can be held
 * against other projects' receipts.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import hre from "hardhat";

import { GasMarket } from "./gas/market.js";
import { tableOf } from "./gas/rivals.js";
import {
  authorizations,
  bidding,
  browsing,
  credits,
  crowd,
  endings,
  feedback,
  identity,
  jobs,
  logging,
  messaging,
  openJobs,
  posting,
  usage,
} from "./gas/scenarios.js";
import { CONTRACTS } from "../scripts/lib/market.js";

const FILE = path.resolve(import.meta.dirname, "results/gas.json");
const GREAT_CROWD = "ten thousand bids, each the best so far";

async function weigh(ethers, market) {
  const deploy = {};
  for (const [i, name] of CONTRACTS.entries()) {
    const [hash] = (await ethers.provider.getBlock(i + 1)).transactions;
    deploy[name] = Number((await ethers.provider.getTransactionReceipt(hash)).gasUsed);
  }
  await market.fund();
  const compiler = hre.config.solidity.profiles.default.compilers[0];
  const { evmVersion, optimizer } = compiler.settings;
  return {
    measured: `gasUsed of receipts; solc ${compiler.version}, ${evmVersion}, ${optimizer.runs} optimizer runs`,
    deploy,
    identity: await market.aside(identity),
    credits: await market.aside(credits),
    "signed payments, sent by another": await market.aside(authorizations),
    posting: await market.aside(posting),
    bidding: await market.aside(bidding),
    "a hundred bids, each the best so far": await market.aside((m) => crowd(m, 100)),
    endings: await market.aside(endings),
    feedback: await market.aside(feedback),
    usage: await market.aside(usage),
    messages: await market.aside(messaging),
    "action logs": await market.aside(logging),
    "pages (calls)": await market.aside(browsing),
    "one bid: 6 transactions": await market.aside((m) => jobs(m, [50])),
    "three bids, best revealed first: 10 transactions": await market.aside((m) => jobs(m, [50, 60, 70])),
    "three bids, best revealed last: 10 transactions": await market.aside((m) => jobs(m, [70, 60, 50])),
    "three signed open bids, best first: 5 transactions": await market.aside((m) =>
      openJobs(m, [50, 60, 70]),
    ),
    "three signed open bids, best last: 5 transactions": await market.aside((m) => openJobs(m, [70, 60, 50])),
  };
}

/** One line for each figure of either side that the other does not have, or has otherwise. */
function differences(committed, found, prefix = "") {
  const keys = new Set([...Object.keys(committed), ...Object.keys(found)]);
  return [...keys].flatMap((key) => {
    const [was, is] = [committed[key], found[key]];
    const name = prefix + key;
    if (typeof was === "object" && typeof is === "object") return differences(was, is, `${name} / `);
    return was === is ? [] : [`${name}: ${JSON.stringify(was)} is now ${JSON.stringify(is)}`];
  });
}

const { ethers } = await hre.network.create("default");
const market = await GasMarket.deploy(ethers);
const found = await weigh(ethers, market);
if (process.env.AGORA_GAS_CHECK === "1") {
  const { [GREAT_CROWD]: unchecked, ...committed } = JSON.parse(await readFile(FILE, "utf8"));
  const lines = differences(committed, found);
  for (const line of lines) console.error(line);
  if (lines.length > 0) {
    console.error(
      "bench/results/gas.json is not what the contracts use: run `make bench-gas` and commit it with the reason",
    );
    process.exitCode = 1;
  } else console.log("The gas snapshot holds.");
} else {
  found[GREAT_CROWD] = await market.aside((m) => crowd(m, 10_000));
  await writeFile(FILE, `${JSON.stringify(found, null, 2)}\n`);
  console.log(`${tableOf(found)}\n\nGas written to ${FILE}.`);
}
