/** Scripts as commands: a user's mistake ends in one sentence and exit code 2. */
import hre from "hardhat";

import { addressesPath, readAddresses } from "./addresses.js";
import { Mistake } from "./mistake.js";

const NO_FUNDS = /insufficient funds|enough funds/i;

/** Runs the body of a script. What is neither a mistake nor a refusal of the chain keeps its stack. */
export async function command(body) {
  try {
    await body();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    console.error(sentence);
    process.exitCode = 2;
  }
}

function sentenceOf(error) {
  if (error instanceof Mistake) return error.message;
  if (NO_FUNDS.test(error.message)) {
    return "The account that signs has too little of the chain's coin to pay for gas: send it some, then run this again.";
  }
  // An unknown network, an unset variable, a node that does not answer: Hardhat says it in a sentence.
  if (error.name === "HardhatError") return error.message.split("\n")[0];
  return undefined;
}

/** The chain of `--network`. */
export async function connect() {
  const { ethers } = await hre.network.create();
  const { chainId } = await ethers.provider.getNetwork();
  const [signer] = await ethers.getSigners();
  return { ethers, chainId, signer };
}

/** The chain of `--network` and the market that is deployed there. */
export async function connectToMarket() {
  const chain = await connect();
  const record = (await readAddresses())[chain.chainId];
  const genesisHash = (await chain.ethers.provider.getBlock(0)).hash;
  if (record?.genesisHash !== genesisHash) {
    throw new Mistake(
      `${addressesPath()} names no market on this chain (${chain.chainId}): run scripts/deploy-all.js first`,
    );
  }
  const names = Object.keys(record.contracts);
  const found = await Promise.all(
    names.map((name) => chain.ethers.getContractAt(name, record.contracts[name])),
  );
  const contracts = Object.fromEntries(names.map((name, i) => [name, found[i]]));
  return { ...chain, contracts };
}

/**
 * Sends a transaction when the chain would accept it, and waits for it. A refusal names the error of the market's
 * contracts, whichever of them it comes from.
 */
export async function send(contracts, method, ...args) {
  try {
    await method.staticCall(...args);
  } catch (error) {
    const reason = reasonOf(contracts, error);
    if (reason === undefined) throw error;
    throw new Mistake(`The chain refuses ${method.name}: ${reason}`);
  }
  return (await method(...args)).wait();
}

function reasonOf(contracts, error) {
  const data = error.data ?? error.cause?.data;
  if (typeof data !== "string" || data === "0x") return undefined;
  for (const contract of Object.values(contracts)) {
    const parsed = contract.interface.parseError(data);
    if (parsed) return `${parsed.name}(${parsed.args.join(", ")})`;
  }
  return undefined;
}
