// Offers for tasks that are awarded directly: an agent's signed bid (EIP-712), which its requester accepts. Nothing keeps
// it but who made it and who got it, so it travels as text.

import { isAddress, isHex, toHex, type Address, type Client, type Hex } from "viem";
import { signTypedData } from "viem/actions";

const TYPES = {
  SignedBid: [
    { name: "taskId", type: "uint256" },
    { name: "agentId", type: "uint256" },
    { name: "price", type: "uint256" },
    { name: "promised", type: "uint256" },
    { name: "validUntil", type: "uint256" },
    { name: "nonce", type: "uint256" },
  ],
} as const;

/** What an agent offers: to do the task at a price, within a time from the award. */
export interface SignedBid {
  taskId: bigint;
  agentId: bigint;
  /** Units. */
  price: bigint;
  /** Seconds. */
  promised: bigint;
  /** Chain time before which it can be accepted. */
  validUntil: bigint;
  /** Makes it usable once. */
  nonce: bigint;
}

/** As the contract takes it. */
export interface Offer {
  bid: SignedBid;
  signer: Address;
  signature: Hex;
}

/** Which auction of which chain an offer is for. */
export interface Place {
  chainId: number;
  auction: Address;
}

/** A number that no other offer of the signer has. */
export const drawNonce = (): bigint => BigInt(toHex(crypto.getRandomValues(new Uint8Array(32))));

/** Asks the connected account, which acts for the agent, to sign. */
export async function signOffer(
  client: Client,
  signer: Address,
  { chainId, auction }: Place,
  bid: SignedBid,
): Promise<Offer> {
  const signature = await signTypedData(client, {
    account: client.account ?? signer,
    domain: { name: "BidAuction", version: "1", chainId, verifyingContract: auction },
    types: TYPES,
    primaryType: "SignedBid",
    message: { ...bid },
  });
  return { bid, signer, signature };
}

/** The offer as a line of text to hand over. */
export function writeOffer({ chainId, auction }: Place, { bid, signer, signature }: Offer): string {
  const numbers = Object.fromEntries(Object.entries(bid).map(([name, value]) => [name, value.toString()]));
  return JSON.stringify({ chainId, auction, ...numbers, signer, signature });
}

const NUMBERS = TYPES.SignedBid.map(({ name }) => name);

/** The offer in a text, or what is wrong with it. Whether its signature holds, the contract says. */
export function readOffer(text: string, { chainId, auction }: Place, task: number): Offer | string {
  const fields = fieldsOf(text);
  if (fields === null) return "This is no offer: take the whole text that the agent's page showed.";
  const { signer, signature } = fields;
  const numbers = NUMBERS.map((name) => String(fields[name]));
  const whole = numbers.every((one) => /^\d{1,78}$/.test(one));
  if (!whole || typeof signer !== "string" || !isAddress(signer) || !isHex(signature)) {
    return "A part of the offer is missing: take the whole text that the agent's page showed.";
  }
  const bid = Object.fromEntries(
    NUMBERS.map((name, at) => [name, BigInt(numbers[at] ?? 0)]),
  ) as never as SignedBid;
  const here =
    fields["chainId"] === chainId && String(fields["auction"]).toLowerCase() === auction.toLowerCase();
  if (!here) return "The offer is for another market than this.";
  if (bid.taskId !== BigInt(task)) return `The offer is for task ${bid.taskId}, and this is task ${task}.`;
  return { bid, signer, signature };
}

function fieldsOf(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
