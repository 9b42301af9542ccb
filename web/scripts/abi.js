// Writes src/wallet/abi.ts from the compiled contracts: `node scripts/abi.js [--check]`.
//
// The page needs few functions, but any error: a refusal can come from whatever contract a call reaches. With
// `--check` nothing is written, and the exit code is 1 when the file is not the one the contracts ask for.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ARTIFACTS = new URL("../../artifacts/contracts/", import.meta.url);
const TARGET = new URL("../src/wallet/abi.ts", import.meta.url);

/** What the page calls, reads and listens to, by contract; the errors of all of them are kept. */
const USED = {
  TaskManager: [
    "appeal",
    "cancel",
    "closeDefaulted",
    "closeRejected",
    "closeRuled",
    "closeSealed",
    "createTaskWithPermit",
    "createTask",
    "declareDefault",
    "dispute",
    "evaluate",
    "release",
    "unseal",
    "TaskCreated",
  ],
  BidAuction: ["accept", "finalize", "runnerUpOf", "takeOver"],
  RaceBoard: ["advance", "convene", "getEntry", "getRace", "release", "unseal"],
  Ledger: ["balanceOf"],
  CreditToken: ["balanceOf", "mint", "name", "nonces"],
  MarketParameters: ["current"],
  EvaluatorPool: ["seatCount"],
  AgentRegistry: ["bidderOf", "canAct"],
};
const FOLDERS = { MarketParameters: "governance/" };

const abiOf = (name) => {
  const path = new URL(`${FOLDERS[name] ?? ""}${name}.sol/${name}.json`, ARTIFACTS);
  return JSON.parse(readFileSync(path, "utf8")).abi;
};

const signature = (entry) => `${entry.name}(${entry.inputs.map((input) => input.type).join()})`;

/** An argument without what neither viem nor a person needs. */
const slim = ({ name, type, indexed, components }) => ({
  name,
  type,
  ...(indexed === undefined ? {} : { indexed }),
  ...(components === undefined ? {} : { components: components.map(slim) }),
});

const entry = ({ type, name, inputs, outputs, stateMutability }) => ({
  type,
  name,
  inputs: inputs.map(slim),
  ...(outputs === undefined ? {} : { outputs: outputs.map(slim) }),
  ...(stateMutability === undefined ? {} : { stateMutability }),
});

function generate() {
  const errors = new Map();
  const lists = Object.entries(USED).map(([contract, names]) => {
    const abi = abiOf(contract);
    for (const one of abi) if (one.type === "error") errors.set(signature(one), entry(one));
    const used = names.map((name) => abi.find((one) => one.name === name && one.type !== "error"));
    if (used.includes(undefined)) throw new Error(`${contract} has no ${names[used.indexOf(undefined)]}`);
    return listing(`${contract[0].toLowerCase()}${contract.slice(1)}Abi`, used.map(entry));
  });
  const kept = [...errors.keys()].sort().map((key) => errors.get(key));
  return [
    "// Written by scripts/abi.js from the compiled contracts: change nothing here.",
    ...lists,
    listing("errorsAbi", kept),
  ]
    .join("\n\n")
    .concat("\n");
}

const listing = (name, entries) =>
  `export const ${name} = [\n${entries.map((one) => `  ${JSON.stringify(one)},\n`).join("")}] as const;`;

const wanted = generate();
if (process.argv.includes("--check")) {
  let there = "";
  try {
    there = readFileSync(TARGET, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  if (there !== wanted) {
    console.error(`${fileURLToPath(TARGET)} is stale: run \`node web/scripts/abi.js\``);
    process.exitCode = 1;
  }
} else {
  writeFileSync(TARGET, wanted);
}
