// A task from a form to the chain: its specification stored, its credits permitted, its transaction mined.

import { parseEventLogs, type Address, type Client, type PublicClient } from "viem";

import { get, Problem, request } from "../api/client.ts";
import { errorsAbi, taskManagerAbi } from "./abi.ts";
import { depositOf } from "./amounts.ts";
import { readConditions, readFunds, type Market } from "./chain.ts";
import { evaluatorOf, paramsOf, reserveOf, specificationOf, type Draft } from "./draft.ts";
import { signPermit } from "./permit.ts";
import { drawSeal, keepSeal } from "./seals.ts";
import { send, type Tell } from "./send.ts";
import { canonicalBytes, digestOf } from "./specification.ts";

export interface Poster {
  client: Client;
  reader: PublicClient;
  market: Market;
  chainId: number;
  address: Address;
}

/**
 * Posts a draft without faults; returns the task's number once it is on chain.
 *
 * What the requester's Ledger account lacks is taken from its wallet by permit, in the same transaction. The secret of the
 * seal is kept in this browser before anything is sent.
 */
export async function postTask(by: Poster, draft: Draft, tell: Tell): Promise<string> {
  const { client, reader, market, address } = by;
  const evaluator = evaluatorOf(draft, address, market.pool);
  if (draft.mode === "Race" && (await reader.getCode({ address: evaluator })) === undefined) {
    throw new Error("There is no contract at the evaluator's address, and a race takes no other.");
  }
  tell({ kind: "working", text: "Storing the specification …" });
  const document = canonicalBytes(specificationOf(draft));
  const digest = digestOf(document);
  await store(document, digest);
  const seal = drawSeal(by.chainId, draft.title);
  keepSeal(seal);
  const params = paramsOf(draft, evaluator, digest, seal.seal);
  const lacking = await lackOf(by, draft);
  const abi = [...taskManagerAbi, ...errorsAbi] as const;
  const to = { address: market.tasks, abi };
  let call;
  if (lacking > 0n) {
    tell({ kind: "working", text: "Waiting for the signature of the permit …" });
    const permit = await signPermit(client, reader, market, address, lacking);
    call = { ...to, functionName: "createTaskWithPermit", args: [params, permit] };
  } else {
    call = { ...to, functionName: "createTask", args: [params] };
  }
  const receipt = await send(client, reader, address, call, tell);
  const [created] = parseEventLogs({ abi, eventName: "TaskCreated", logs: receipt.logs });
  if (created === undefined) throw new Error("The transaction was mined, and no task was created by it.");
  const task = created.args.taskId.toString();
  keepSeal({ ...seal, task });
  return task;
}

/** Units that the poster's Ledger account lacks for the task. */
async function lackOf({ reader, market, address }: Poster, draft: Draft): Promise<bigint> {
  const [{ terms }, funds] = await Promise.all([
    readConditions(reader, market),
    readFunds(reader, market, address),
  ]);
  const reserve = reserveOf(draft) ?? 0n;
  const needed = reserve + depositOf(reserve, terms.seatFee, draft.evaluator === "pool");
  return needed > funds.free ? needed - funds.free : 0n;
}

/** The document lies in the explorer's content store, under the digest that was computed here. */
async function store(document: Uint8Array<ArrayBuffer>, digest: string): Promise<void> {
  const response = await request(`/content?digest=${digest}`, { method: "PUT", body: document });
  const { digest: stored } = (await response.json()) as { digest: string };
  const same = stored.replace(/^0x/, "").toLowerCase() === digest.slice(2);
  if (!same) throw new Error(`The explorer stored the specification under another digest, ${stored}.`);
}

const READ_TRIES = 60;
const READ_PAUSE_MS = 250;

/** Waits until the explorer has read the task; false where it takes too long. */
export async function untilRead(task: string): Promise<boolean> {
  for (let attempt = 0; attempt < READ_TRIES; attempt++) {
    try {
      await get(`/api/tasks/${task}`);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 404 && !error.passing)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
  }
  return false;
}
