// ERC-2612: a signature that lets the Ledger take credits from the signer's wallet, once.

import { parseSignature, type Address, type Client, type PublicClient } from "viem";
import { readContract, signTypedData } from "viem/actions";

import { creditTokenAbi } from "./abi.ts";
import type { Market } from "./chain.ts";

const LASTS_SECONDS = 3600n;

const TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** What `createTaskWithPermit` takes: the Ledger may have `value` units within an hour. Asks for a signature. */
export async function signPermit(
  client: Client,
  reader: PublicClient,
  market: Market,
  owner: Address,
  value: bigint,
) {
  const token = { address: market.token, abi: creditTokenAbi } as const;
  const [name, nonce, block, chainId] = await Promise.all([
    readContract(reader, { ...token, functionName: "name" }),
    readContract(reader, { ...token, functionName: "nonces", args: [owner] }),
    reader.getBlock(),
    reader.getChainId(),
  ]);
  const deadline = block.timestamp + LASTS_SECONDS;
  const signature = await signTypedData(client, {
    account: client.account ?? owner,
    domain: { name, version: "1", chainId, verifyingContract: market.token },
    types: TYPES,
    primaryType: "Permit",
    message: { owner, spender: market.ledger, value, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { value, deadline, v: 27 + yParity, r, s };
}
