/**
 * Deploys and wires every contract, checks the wiring, and writes contract_addresses.json.
 *
 *     npx hardhat run scripts/deploy-all.js --network localhost
 *
 * Where the market is deployed already, it says so and changes nothing.
 */
import hre from "hardhat";

import { addressesPath, readAddresses, writeAddresses } from "./lib/addresses.js";
import { CONTRACTS, checkWiring, deployMarket, isDeployed } from "./lib/market.js";

const { ethers } = await hre.network.create();

const { chainId } = await ethers.provider.getNetwork();
const genesisHash = (await ethers.provider.getBlock(0)).hash;
const addresses = await readAddresses();
const known = addresses[chainId];

if (known?.genesisHash === genesisHash && (await isDeployed(ethers.provider, known.contracts))) {
  await checkWiring(ethers, known.contracts);
  console.log(`The market is deployed on chain ${chainId} already; nothing was changed.`);
} else {
  const [deployer] = await ethers.getSigners();
  const { contracts, deployBlock } = await deployMarket(ethers, deployer);
  addresses[chainId] = {
    chainId: Number(chainId),
    genesisHash,
    deployBlock,
    compiler: hre.config.solidity.profiles.default.compilers[0].version,
    contracts,
  };
  await writeAddresses(addresses);
  for (const name of CONTRACTS) console.log(`${name.padEnd(16)} ${contracts[name]}`);
  console.log(`Wired and checked; addresses written to ${addressesPath()}.`);
}
