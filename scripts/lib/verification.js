/**
 * What an explorer needs to verify the contracts: the compiler's standard JSON input, and for each contract its name
 * in that input and its constructor's arguments.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import hre from "hardhat";

import { addressesPath } from "./addresses.js";

/** Writes deployments/<chain id>/ beside the file of addresses, and returns where; nothing of it is secret. */
export async function writeVerification({ chainId, contracts, steps }) {
  const target = path.join(path.dirname(addressesPath()), "deployments", String(chainId));
  await mkdir(target, { recursive: true });
  const record = {};
  for (const { name, data, code } of steps.filter(({ to }) => to === undefined)) {
    const { inputSourceName } = await hre.artifacts.readArtifact(name);
    const buildInfoId = await hre.artifacts.getBuildInfoId(name);
    const buildInfo = JSON.parse(await readFile(await hre.artifacts.getBuildInfoPath(buildInfoId), "utf8"));
    const input = `${buildInfoId}.json`;
    await writeFile(path.join(target, input), `${JSON.stringify(buildInfo.input)}\n`);
    record[name] = {
      address: contracts[name],
      contract: `${inputSourceName}:${name}`,
      compiler: `v${buildInfo.solcLongVersion}`,
      input,
      constructorArguments: data.slice(code.length),
    };
  }
  await writeFile(path.join(target, "contracts.json"), `${JSON.stringify(record, null, 2)}\n`);
  return target;
}
