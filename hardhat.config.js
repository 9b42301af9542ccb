import { createRequire } from "node:module";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatKeystore from "@nomicfoundation/hardhat-keystore";
import hardhatNodeTestRunner from "@nomicfoundation/hardhat-node-test-runner";
import { configVariable, defineConfig } from "hardhat/config";

import journal from "./scripts/hardhat/journal.js";
import warningsAsErrors from "./scripts/hardhat/warnings-as-errors.js";

const require = createRequire(import.meta.url);

// Blocks come by the clock, not by the transaction: deadlines are block timestamps, so time must
// pass on an idle chain too. Hardhat refuses intervals under one second unless timestamps may repeat.
const interval = Number(process.env.AGORA_BLOCK_MS ?? 1000);
// A chain with a journal (agents/chain/journal) has its blocks mined by who keeps it. Its first block is given, for the
// same blocks to follow when it is replayed: the second it began in, and a number that tells it from all others.
const [begun, mark] = process.env.AGORA_GENESIS?.split("-").map(BigInt) ?? [];
const kept = begun !== undefined;
const devnet = {
  type: "edr-simulated",
  chainId: 31337,
  hardfork: "cancun",
  // One gwei-scale transaction queue from a poor wallet can halt block building, so gas is nearly free.
  initialBaseFeePerGas: 1000,
};

// The profile of the Solidity tests: `make fuzz` raises the runs, `make test` keeps to CI's time.
const runs = Number(process.env.AGORA_FUZZ_RUNS ?? 256);
const depth = Number(process.env.AGORA_INVARIANT_DEPTH ?? 64);

export default defineConfig({
  plugins: [hardhatEthers, hardhatKeystore, hardhatNodeTestRunner, warningsAsErrors, journal],
  paths: { tests: { solidity: "tests/contracts", nodejs: "tests/contracts" } },
  solidity: {
    // Compiling the tests takes minutes: only those who run them wait for it.
    splitTestsCompilation: true,
    version: "0.8.37",
    // The compiler is an npm package, so nothing is downloaded behind npm's back.
    path: require.resolve("solc/soljson.js"),
    settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } },
    // Deployed as it is.
    npmFilesToBuild: ["@openzeppelin/contracts/governance/TimelockController.sol"],
  },
  networks: {
    default: { ...devnet },
    node: {
      ...devnet,
      // The base fee rises once blocks are more than half full. Half of this is more than a node computes in a second,
      // so that gas stays nearly free however long a fleet keeps the chain busy.
      blockGasLimit: 120_000_000,
      allowBlocksWithSameTimestamp: interval < 1000 || kept,
      mining: interval > 0 ? { auto: false, interval } : { auto: true },
      ...(kept && {
        initialDate: new Date(Number(begun) * 1000),
        accounts: { accountsBalance: 10_000n * 10n ** 18n + mark },
        mining: { auto: false, mempool: { order: "fifo" } },
      }),
    },
    localhost: {
      type: "http",
      url: process.env.AGORA_PROVIDER ?? "http://127.0.0.1:8545",
    },
    // Any other chain. Both values come from the environment or from Hardhat's keystore, and are asked for when
    // this network is used and not before.
    remote: {
      type: "http",
      url: configVariable("AGORA_RPC_URL"),
      accounts: [configVariable("AGORA_DEPLOYER_KEY")],
    },
  },
  test: {
    solidity: {
      fuzz: { runs, seed: process.env.AGORA_FUZZ_SEED ?? "0x41676f7261" },
      invariant: { runs, depth, failOnRevert: true },
    },
  },
});
