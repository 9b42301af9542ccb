/**
 * Deploys and wires every contract, hands them over to the vote, checks all of it on chain, and writes
 * contract_addresses.json.
 *
 *     npx hardhat run scripts/deploy-all.js --network localhost
 *     AGORA_FOUNDING_CREDITS=1000000 npx hardhat run scripts/deploy-all.js --network remote
 *
 * Where the market is deployed already, it says so and changes nothing. Where a deployment was cut off, it goes on
 * with it. docs/networks.md tells the rest.
 */
import hre from "hardhat";

import { addressesPath, readAddresses, writeAddresses } from "./lib/addresses.js";
import { command, connect } from "./lib/command.js";
import { begin, finish, resume } from "./lib/journal.js";
import { CONTRACTS, carryOut, checkWiring, missing } from "./lib/market.js";
import { Mistake } from "./lib/mistake.js";
import { rulesOf } from "./lib/plan.js";
import { writeVerification } from "./lib/verification.js";

/** Whether the file of addresses names a market that is there; throws where it is there in part. */
async function isDeployed(ethers, record) {
  const absent = await missing(ethers.provider, record.contracts);
  if (absent.length > 0 && absent.length < CONTRACTS.length) {
    throw new Mistake(
      `${addressesPath()} names a market without ${absent.join(", ")}, of another version or another chain: remove its ` +
        `entry ${record.chainId} to deploy a new market`,
    );
  }
  return absent.length === 0;
}

async function deploy(ethers, chainId, signer, genesisHash) {
  const begun = await resume(ethers, signer, genesisHash);
  const plan = begun ?? (await begin(ethers, signer, genesisHash));
  const { contracts, deployBlock } = await carryOut(ethers, signer, plan);
  for (const name of CONTRACTS) console.log(`${name.padEnd(18)} ${contracts[name]}`);
  if (!rulesOf(chainId).faucet) {
    console.log(`What explorers ask for is in ${await writeVerification(plan)}.`);
  }
  return {
    chainId: Number(chainId),
    genesisHash,
    deployBlock,
    compiler: hre.config.solidity.profiles.default.compilers[0].version,
    contracts,
  };
}

await command(async () => {
  const { ethers, chainId, signer } = await connect();
  const genesisHash = (await ethers.provider.getBlock(0)).hash;
  const addresses = await readAddresses();
  const known = addresses[chainId];
  if (known?.genesisHash === genesisHash && (await isDeployed(ethers, known))) {
    await checkWiring(ethers, known.contracts);
    console.log(`The market is deployed on chain ${chainId} already; nothing was changed.`);
    return;
  }
  addresses[chainId] = await deploy(ethers, chainId, signer, genesisHash);
  await writeAddresses(addresses);
  await finish(chainId);
  console.log(`Wired and checked; addresses written to ${addressesPath()}.`);
});
