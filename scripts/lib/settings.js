/** What the example scripts read from the environment. Each function throws a Mistake that names the variable. */
import { Mistake } from "./mistake.js";

const AGENT_FLAG = 1n << 160n;
const UNITS = 10n ** 6n;

export const text = (name, fallback) => process.env[name] || fallback;

/** A number of credits with up to six decimals, in units. */
export function credits(name, fallback) {
  const value = text(name, fallback) ?? "";
  const [, whole, decimals = ""] = value.match(/^(\d{1,12})(?:\.(\d{1,6}))?$/) ?? [];
  const units = whole === undefined ? 0n : BigInt(whole) * UNITS + BigInt(decimals.padEnd(6, "0"));
  if (units === 0n)
    throw new Mistake(`${name} is ${value || "not set"}: give a number of credits, such as 12.5`);
  return units;
}

/** A whole number from 1; undefined where it is not set and has no fallback. */
export function whole(name, fallback) {
  const value = text(name, fallback);
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,17}$/.test(value)) throw new Mistake(`${name} is ${value}: give a whole number from 1`);
  return BigInt(value);
}

/** An account of the Ledger: `agent:7`, or an address. */
export function account(ethers, name, fallback) {
  const value = text(name, fallback);
  const agent = value.match(/^agent:([1-9]\d{0,17})$/);
  if (agent) return AGENT_FLAG | BigInt(agent[1]);
  if (!ethers.isAddress(value))
    throw new Mistake(`${name} is ${value}: give an address, or agent:7 for an agent`);
  return BigInt(value);
}
