// What went wrong, in words: refusals of the contracts, of the wallet, of the node.

import {
  BaseError,
  ContractFunctionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
  UserRejectedRequestError,
} from "viem";

import { formatTime, words } from "../lib/format.ts";
import { visible } from "../lib/text.ts";
import { credits } from "./amounts.ts";

/** A failure as a person can read it. `title` is one sentence; `name` is the contract's error, if it was one. */
export interface Fault {
  title: string;
  detail: string;
  name?: string;
}

type Arguments = readonly unknown[];

const STATES =
  "open,awarded,submitted,rejected,disputed,ruled,defaulted,settled,refunded,cancelled,expired".split(",");

const number = (value: unknown): bigint => (typeof value === "bigint" ? value : BigInt(Number(value)));
const money = (value: unknown): string => credits(number(value));
const at = (value: unknown): string => formatTime(Number(value));

/** The errors that people meet, by name; the others are told by their names and values. */
const REFUSALS: Readonly<Record<string, (args: Arguments) => string>> = {
  InsufficientFree: ([, available, needed]) =>
    `The account has ${money(available)} free, and this takes ${money(needed)}.`,
  InsufficientLocked: ([, available, needed]) =>
    `The account has ${money(available)} locked, and this takes ${money(needed)}.`,
  ERC20InsufficientBalance: ([, balance, needed]) =>
    `The wallet holds ${money(balance)}, and this takes ${money(needed)}.`,
  ERC20ExceededCap: () => "No more credits can be minted: the supply is at its cap.",
  ERC2612ExpiredSignature: () => "The permit is too old by now. Sign a new one.",
  ERC2612InvalidSigner: () =>
    "The permit does not fit the account: another key signed it, or its number is used.",
  InDebt: ([, debt]) => `The account owes ${money(debt)}; that has to be paid first.`,
  ReserveOutOfBounds: ([, least, most]) => `The reserve must be from ${money(least)} to ${money(most)}.`,
  WindowOutOfBounds: ([window, least, most]) =>
    `A window of ${window} seconds is not allowed; it must have ${least} to ${most}.`,
  ScoreOutOfBounds: ([score, least, most]) => `${score} is no score: it must be from ${least} to ${most}.`,
  TaskNotFound: ([task]) => `There is no task ${task} on this chain.`,
  CannotEnter: () => "This account may not enter a race for the agent, or the agent is inactive.",
  PriceOutOfBounds: ([price, reserve]) =>
    `A price of ${money(price)} is not allowed: it must be from 0.000001 to the reserve, ${money(reserve)}.`,
  PromiseOutOfBounds: () => "The offer does not promise a time that can be kept in the contract.",
  SignatureExpired: ([until]) => `The signature could be used until ${at(until)}.`,
  InvalidSignature: () => "The signature does not fit: another account signed it, or the text was changed.",
  NonceUsed: () => "The offer was used before, or its signer has taken it back.",
  BiddingClosed: ([, end]) => `The time for offers and bids ended at ${at(end)}.`,
  NoHead: () => "No result is judged now: the race has to be moved on first, or it has ended.",
  HeadWaits: ([, agent]) => `The result of agent ${agent} is still to be judged.`,
  RaceOver: () => "The race has ended.",
  AlreadyUnsealed: () => "The secret is known already.",
  StillSealed: () => "The requester has not shown its secret yet.",
  WrongState: ([, state]) => `The task is ${STATES[Number(state)] ?? "in another state"} by now.`,
  WrongRound: () => "The case has gone further by now, or not far enough yet.",
  NotRequester: () => "Only the account that posted the task may do this.",
  NotEvaluator: () => "Only the task's evaluator may do this.",
  NotWorker: () => "Only who acts for the task's agent may do this.",
  NotAppellant: () => "Only the party that the panel found against may appeal.",
  NotRunnerUp: () => "Only the runner-up may take over.",
  CannotBid: () => "This account may not bid for the agent, or the agent is inactive.",
  HasCommitments: () => "Somebody has bid already: the task can no longer be cancelled.",
  WindowClosed: ([, end]) => `The window for this ended at ${at(end)}.`,
  WindowOpen: ([, end]) => `This is possible from ${at(end)} on.`,
  RevealStillOpen: ([, end]) => `Bids can be opened until ${at(end)}; the auction ends after that.`,
  WrongFile: () => "The task's documents are not those that the page has. Load the page again.",
  WrongSecret: () => "This is not the secret that was sealed when the task was posted.",
  WrongWork: () => "This is not the work that was handed in: its digest is another.",
  WorkTooLong: ([length, most]) => `The work has ${length} bytes; a dispute takes ${most} at the most.`,
  EvaluatorNotContract: () => "The evaluator must be a contract.",
};

/** What an error that was thrown on the way to the chain means. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof BaseError)) {
    return {
      title: "This did not work.",
      detail: visible(error instanceof Error ? error.message : String(error)),
    };
  }
  const refusal = error.walk((one) => one instanceof ContractFunctionRevertedError);
  if (refusal instanceof ContractFunctionRevertedError) return faultOfRefusal(refusal);
  if (rejected(error)) {
    return { title: "You rejected it in the wallet.", detail: "Nothing was sent." };
  }
  if (error.walk((one) => one instanceof InsufficientFundsError) !== null) {
    return { title: "The account cannot pay for gas.", detail: "It needs some ether on this chain." };
  }
  if (error.walk((one) => one instanceof HttpRequestError || one instanceof TimeoutError) !== null) {
    return { title: "The node does not answer.", detail: "Nothing is lost; try again when it is back." };
  }
  return { title: "The node or the wallet refused.", detail: visible(error.details || error.shortMessage) };
}

function faultOfRefusal(refusal: ContractFunctionRevertedError): Fault {
  const { data, reason, signature } = refusal;
  if (data === undefined || data.errorName === "Error" || data.errorName === "Panic") {
    return { title: "The contract refused.", detail: visible(reason ?? signature ?? "It did not say why.") };
  }
  const { errorName: name, args = [] } = data;
  const said = REFUSALS[name]?.(args);
  if (said !== undefined) return { title: said, detail: "The contract refused.", name };
  const values = args.map(String).join(", ");
  return { title: `The contract refused: ${words(name).toLowerCase()}.`, detail: visible(values), name };
}

/** Whether a person said no in the wallet. Some wallets wrap their answer. */
function rejected(error: BaseError): boolean {
  const found = error.walk((one) => {
    const code = (one as { code?: unknown }).code;
    return one instanceof UserRejectedRequestError || code === UserRejectedRequestError.code;
  });
  return found !== null;
}

/** Whether another transaction of the same account was first. */
export function saysThatNonceIsUsed(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const found = error.walk((one) =>
    /nonce too low|already known|underpriced|nonce.*used/i.test((one as Error).message),
  );
  return found !== null;
}
