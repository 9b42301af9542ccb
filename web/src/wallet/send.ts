// One call of a contract, from the check to the receipt.

import {
  BaseError,
  ContractFunctionExecutionError,
  type Abi,
  type Address,
  type Client,
  type Hex,
  type PublicClient,
  type ReplacementReturnType,
  type TransactionReceipt,
} from "viem";
import {
  estimateContractGas,
  simulateContract,
  waitForTransactionReceipt,
  writeContract,
} from "viem/actions";

import { errorsAbi } from "./abi.ts";

export interface ContractCall {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
}

/** How far a call has come. */
export type Stage =
  | { kind: "working"; text: string }
  | { kind: "pending"; hash: Hex }
  | { kind: "replaced"; hash: Hex; reason: "repriced" | "replaced" | "cancelled" };

export type Tell = (stage: Stage) => void;

/** A transaction that was undone in its block, or that another one took the place of. */
export class Undone extends BaseError {
  override readonly name = "Undone";
}

/**
 * Sends a call and returns its receipt once it has succeeded; `tell` hears how far it has come.
 *
 * The call is tried without being sent first, so that what cannot work costs nothing and says why. Throws what viem
 * throws, and Undone; `faultOf` puts all of it into words.
 */
export async function send(
  client: Client,
  reader: PublicClient,
  account: Address,
  call: ContractCall,
  tell: Tell,
): Promise<TransactionReceipt> {
  const whole = { ...call, abi: [...call.abi, ...errorsAbi] as Abi, account };
  tell({ kind: "working", text: "Checking that it can work …" });
  await simulateContract(reader, whole);
  const gas = await estimateContractGas(reader, whole);
  tell({ kind: "working", text: "Waiting for the signature of the transaction …" });
  const signer = client.account ?? account;
  // A quarter more than now: the state may be another when it is built.
  const hash = await writeContract(client, {
    ...whole,
    account: signer,
    chain: client.chain,
    gas: (gas * 5n) / 4n,
  });
  tell({ kind: "pending", hash });
  return await settled(reader, whole, hash, tell);
}

async function settled(
  reader: PublicClient,
  call: ContractCall & { account: Address },
  hash: Hex,
  tell: Tell,
): Promise<TransactionReceipt> {
  let replaced: ReplacementReturnType | null = null;
  const receipt = await receiptOf(reader, hash, (found) => {
    replaced = found;
    tell({ kind: "replaced", hash: found.transaction.hash, reason: found.reason });
  });
  const other = replaced as ReplacementReturnType | null;
  if (other !== null && other.reason !== "repriced") {
    throw new Undone(`Another transaction of the same account took its place: ${other.transaction.hash}`);
  }
  if (receipt.status === "reverted") throw await whyReverted(reader, call, receipt);
  return receipt;
}

const PAUSE_MS = 1_000;

/** The receipt, though the node may be away meanwhile: who was told of a failure now would send it all once more. */
async function receiptOf(
  reader: PublicClient,
  hash: Hex,
  onReplaced: (found: ReplacementReturnType) => void,
): Promise<TransactionReceipt> {
  for (;;) {
    try {
      return await waitForTransactionReceipt(reader, { hash, timeout: 0, onReplaced });
    } catch (error) {
      if (!(error instanceof BaseError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What the contract answers to the same call in the same block, if it still refuses it there. */
async function whyReverted(
  reader: PublicClient,
  call: ContractCall & { account: Address },
  receipt: TransactionReceipt,
): Promise<BaseError> {
  try {
    await simulateContract(reader, { ...call, blockNumber: receipt.blockNumber });
  } catch (error) {
    if (error instanceof ContractFunctionExecutionError) return error;
    throw error;
  }
  return new Undone("It was undone in its block, by something that happened just before it.");
}
