/**
 * A deployment that was begun and is not known to be complete, so that it can be gone on with. Kept beside the
 * file of addresses, which names complete deployments only.
 */
import { readFile, rm, writeFile } from "node:fs/promises";

import { addressesPath } from "./addresses.js";
import { planDeployment } from "./market.js";
import { Mistake } from "./mistake.js";

const fileOf = (chainId) => `${addressesPath()}.${chainId}.begun`;

async function read(chainId) {
  try {
    return JSON.parse(await readFile(fileOf(chainId), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    if (error instanceof SyntaxError)
      throw new Mistake(`${fileOf(chainId)} is not JSON: delete it, then deploy again`);
    throw error;
  }
}

/** The plan of a new deployment, written down before anything is sent. */
export async function begin(ethers, deployer, genesisHash) {
  const plan = await planDeployment(ethers, deployer, await deployer.getNonce());
  const { chainId, firstNonce, firstBlock } = plan;
  const record = {
    genesisHash,
    deployer: deployer.address,
    firstNonce,
    firstBlock,
    digest: digestOf(ethers, plan),
  };
  await writeFile(fileOf(chainId), `${JSON.stringify(record, null, 2)}\n`);
  return plan;
}

/**
 * The plan of the deployment that was begun on this chain, or undefined where there is none. Throws where it cannot
 * be gone on with.
 */
export async function resume(ethers, deployer, genesisHash) {
  const { chainId } = await ethers.provider.getNetwork();
  const record = await read(chainId);
  // A development chain that was started again is another chain.
  if (record?.genesisHash !== genesisHash) return undefined;
  const begun = `The deployment that was begun in block ${record.firstBlock}`;
  const anew = `delete ${fileOf(chainId)} to begin anew`;
  if (record.deployer !== deployer.address) {
    throw new Mistake(
      `${begun} is ${record.deployer}'s, not ${deployer.address}'s: use that key, or ${anew}`,
    );
  }
  const plan = await planDeployment(ethers, deployer, record.firstNonce);
  if (record.digest !== digestOf(ethers, plan)) {
    throw new Mistake(`${begun} was of other contracts or settings: bring those back, or ${anew}`);
  }
  const done = (await deployer.getNonce("latest")) - record.firstNonce;
  if (done < 0) return undefined;
  for (const { name } of plan.steps.slice(0, done).filter(({ to }) => to === undefined)) {
    if ((await ethers.provider.getCode(plan.contracts[name])) === "0x") {
      throw new Mistake(`${begun} cannot be gone on with, as ${name} was not created in its turn: ${anew}`);
    }
  }
  console.log(
    `${begun} goes on after ${Math.min(done, plan.steps.length)} of ${plan.steps.length} transactions.`,
  );
  return { ...plan, firstBlock: record.firstBlock };
}

/** The deployment is complete. */
export const finish = (chainId) => rm(fileOf(chainId));

const digestOf = (ethers, { steps }) => ethers.keccak256(ethers.concat(steps.map(({ data }) => data)));
