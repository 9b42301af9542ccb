// The market's contracts as the wallet pages use them, and how they are read.

import {
  createPublicClient,
  defineChain,
  http,
  type Address,
  type Chain,
  type PublicClient,
  type Transport,
} from "viem";

import type { Status } from "../api/types.ts";
import { creditTokenAbi, evaluatorPoolAbi, ledgerAbi, marketParametersAbi } from "./abi.ts";
import { PANEL_SIZE, type Terms } from "./amounts.ts";

/** The contracts' addresses. */
export interface Market {
  tasks: Address;
  auction: Address;
  race: Address;
  ledger: Address;
  token: Address;
  parameters: Address;
  pool: Address;
  registry: Address;
}

const NAMES: Readonly<Record<keyof Market, string>> = {
  tasks: "TaskManager",
  auction: "BidAuction",
  race: "RaceBoard",
  ledger: "Ledger",
  token: "CreditToken",
  parameters: "MarketParameters",
  pool: "EvaluatorPool",
  registry: "AgentRegistry",
};

/** The contracts that the explorer reads; throws where it does not name one of them. */
export function marketOf(contracts: Readonly<Record<string, string>>): Market {
  const entries = Object.entries(NAMES).map(([key, name]) => {
    const address = contracts[name];
    if (address === undefined) throw new Error(`the explorer does not say where ${name} is`);
    return [key, address];
  });
  return Object.fromEntries(entries) as Market;
}

/** The explorer's chain, as wallets are told of it. */
export function chainOf(status: Status): Chain {
  return defineChain({
    id: status.chain_id,
    name: status.dev ? "Agora's local chain" : `Chain ${status.chain_id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: status.rpc ? [rpcAddress()] : [] } },
    testnet: status.dev,
  });
}

/** Where the explorer passes calls on to its node, if it does. */
export const rpcAddress = (): string => `${location.origin}/rpc`;

const POLL_MS = 500;

/** Reads the chain by way of the explorer, or else by way of the wallet. */
export function readerOf(chain: Chain, way: Transport = http(rpcAddress())): PublicClient {
  return createPublicClient({ chain, transport: way, pollingInterval: POLL_MS });
}

/** What a task that is posted now would keep, and whether a panel could be drawn to score it. */
export interface Conditions {
  terms: Terms;
  panels: boolean;
}

export async function readConditions(reader: PublicClient, market: Market): Promise<Conditions> {
  const [now, seats] = await Promise.all([
    reader.readContract({ address: market.parameters, abi: marketParametersAbi, functionName: "current" }),
    reader.readContract({ address: market.pool, abi: evaluatorPoolAbi, functionName: "seatCount" }),
  ]);
  const terms = {
    feeBps: BigInt(now.feeBps),
    bondPercent: BigInt(now.bondPercent),
    seatFee: BigInt(now.seatFee),
    minWindow: now.minWindow,
    maxWindow: now.maxWindow,
  };
  return { terms, panels: seats >= PANEL_SIZE };
}

/** What an address has, in units; `gas` in wei. */
export interface Funds {
  wallet: bigint;
  free: bigint;
  locked: bigint;
  gas: bigint;
}

export async function readFunds(reader: PublicClient, market: Market, owner: Address): Promise<Funds> {
  const [wallet, account, gas] = await Promise.all([
    reader.readContract({
      address: market.token,
      abi: creditTokenAbi,
      functionName: "balanceOf",
      args: [owner],
    }),
    // An address is its own account in the Ledger.
    reader.readContract({
      address: market.ledger,
      abi: ledgerAbi,
      functionName: "balanceOf",
      args: [BigInt(owner)],
    }),
    reader.getBalance({ address: owner }),
  ]);
  return { wallet, free: account.free, locked: account.locked, gas };
}
