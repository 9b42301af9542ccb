// The secrets behind the seals of tasks that were posted from this browser.
//
// A dispute is judged by a panel that is drawn from the requester's secret. Who posted the task and cannot show it loses the
// dispute, so it is kept here before anything is sent, and can be saved as a file.

import { isHex, keccak256, size, toHex, type Hex } from "viem";

export interface Seal {
  chain: number;
  seal: Hex;
  secret: Hex;
  title: string;
  /** The task, once it is on chain. */
  task?: string;
}

const PREFIX = "agora.seal";
const keyOf = (chain: number, seal: string): string => `${PREFIX}.${chain}.${seal.toLowerCase()}`;

/** A new secret of 32 random bytes, with its seal; not kept yet. */
export function drawSeal(chain: number, title: string): Seal {
  const secret = toHex(crypto.getRandomValues(new Uint8Array(32)));
  return { chain, secret, seal: keccak256(secret), title };
}

/** Kept in this browser; throws where the browser keeps nothing, so that no task is posted without. */
export function keepSeal(seal: Seal): void {
  localStorage.setItem(keyOf(seal.chain, seal.seal), JSON.stringify(seal));
}

/** The secret of a task's seal, if this browser has it. */
export function findSeal(chain: number, seal: string): Seal | null {
  const kept = localStorage.getItem(keyOf(chain, seal));
  return kept === null ? null : readSeal(kept, seal);
}

/** The secret in a file that was saved, or alone as hexadecimal digits, if it opens this seal. */
export function readSeal(text: string, seal: string): Seal | null {
  let found: Partial<Seal> = { secret: text.trim() as Hex };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) found = parsed as Partial<Seal>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { secret, chain = 0, title = "", task } = found;
  if (!isHex(secret) || size(secret) !== 32 || keccak256(secret) !== seal.toLowerCase()) return null;
  return { chain, seal: seal as Hex, secret, title, ...(task === undefined ? {} : { task }) };
}

/** What the file holds that a person saves. */
export function fileOf(seal: Seal): string {
  const note =
    "Whoever shows this secret in a dispute about the task has its panel drawn. Keep it until the task has ended.";
  return `${JSON.stringify({ note, ...seal }, null, 2)}\n`;
}
