/** The file of deployed addresses: read whole, written whole, keyed by chain id. */
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { Mistake } from "./mistake.js";

const DEFAULT_PATH = path.resolve(import.meta.dirname, "../../contract_addresses.json");

export const addressesPath = () => process.env.AGORA_ADDRESSES ?? DEFAULT_PATH;

export async function readAddresses() {
  try {
    return JSON.parse(await readFile(addressesPath(), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    if (error instanceof SyntaxError) {
      throw new Mistake(`${addressesPath()} is not JSON: mend it or delete it, then deploy again`);
    }
    throw error;
  }
}

/** Readers see the old file or the new one, never a part. */
export async function writeAddresses(addresses) {
  const temporary = `${addressesPath()}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(addresses, null, 2)}\n`);
  await rename(temporary, addressesPath());
}
