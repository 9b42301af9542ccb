import { createRequire } from "node:module";

import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

// Of the copy that mutate.py makes: nothing is optimized, and a mutant's warnings are no errors.
export default defineConfig({
  paths: { tests: { solidity: "tests/contracts" } },
  solidity: {
    version: "0.8.37",
    path: require.resolve("solc/soljson.js"),
    settings: { evmVersion: "cancun", optimizer: { enabled: false } },
  },
  test: {
    solidity: {
      coinbase: process.env.MUTANT,
      fuzz: { runs: Number(process.env.AGORA_FUZZ_RUNS), seed: "0x41676f7261" },
    },
  },
});
