/**
 * A Hardhat plugin with what the journal of a chain (agents/chain/journal) asks of its node beside the usual requests:
 *
 *     agora_replayBlocks [[timestamp, [raw, …]], …]   mines these blocks, each with these transactions in this order
 *     agora_outcomes     [block]                      eight bytes for each transaction of a block that tell whether
 *                                                     it fared as another time: of its status, gas and logs
 *
 * Node carries out the requests of a batch in no fixed order, so replay could not use one; a request for each
 * transaction would take several times as long.
 */
import { createHash } from "node:crypto";

const DIGEST_BYTES = 8;

/** Mines the blocks; the answer for each is its header's hashes, or what was refused, and then it is the last. */
async function replayBlocks(ask, blocks) {
  const mined = [];
  for (const [timestamp, transactions] of blocks) {
    let index = 0;
    try {
      for (const raw of transactions) {
        await ask("eth_sendRawTransaction", raw);
        index += 1;
      }
      await ask("evm_mine", timestamp);
    } catch (error) {
      mined.push({ refused: error.message, index });
      break;
    }
    const { hash, stateRoot, transactions: hashes } = await ask("eth_getBlockByNumber", "latest", false);
    mined.push({ hash, stateRoot, transactions: hashes });
  }
  return mined;
}

async function outcomes(ask, number) {
  const { transactions } = await ask("eth_getBlockByNumber", number, false);
  const digests = [];
  for (const hash of transactions) {
    const { status, gasUsed, logs } = await ask("eth_getTransactionReceipt", hash);
    const told = [status, gasUsed, logs.map(({ address, topics, data }) => [address, topics, data])];
    digests.push(createHash("sha256").update(JSON.stringify(told)).digest().subarray(0, DIGEST_BYTES));
  }
  return `0x${Buffer.concat(digests).toString("hex")}`;
}

const METHODS = { agora_replayBlocks: replayBlocks, agora_outcomes: outcomes };

export default {
  id: "agora-journal",
  hookHandlers: {
    network: async () => ({
      default: async () => ({
        async onRequest(context, connection, request, next) {
          const method = METHODS[request.method];
          if (method === undefined || connection.networkConfig.type !== "edr-simulated") {
            return next(context, connection, request);
          }
          const ask = async (name, ...params) =>
            (await next(context, connection, { ...request, method: name, params })).result;
          return { jsonrpc: "2.0", id: request.id, result: await method(ask, request.params[0]) };
        },
      }),
    }),
  },
};
