// The running market that the tests look at: tests/web/market.py, which dies with the test.

import { createInterface } from "node:readline";

import { python } from "./python.js";

/** A market at work. `tell({ do: … })` is answered when it is done. */
export async function startMarket() {
  const program = python("market.py");
  const ended = new Promise((resolve) => program.once("close", resolve));
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the market has ended; what it said is above");
    return JSON.parse(value);
  };
  const where = await next();
  let last = Promise.resolve();
  const tell = (command) => {
    // Answers come in the order of the commands.
    const answer = last.then(async () => {
      program.stdin.write(`${JSON.stringify(command)}\n`);
      return (await next()).answer;
    });
    last = answer.catch(() => {});
    return answer;
  };
  const stop = async () => {
    program.stdin.end();
    await ended;
  };
  const [deployment] = Object.values(where.contracts);
  return { explorer: where.explorer, node: where.node, contracts: deployment.contracts, tell, stop };
}
