// The keys of the public test phrase, as a wallet of the page: for development chains, where nothing has a value.

import {
  createWalletClient,
  http,
  SwitchChainError,
  type Account,
  type Address,
  type Chain,
  type Client,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createConnector } from "wagmi";

import { creditTokenAbi, errorsAbi } from "./abi.ts";
import { CREDIT } from "./amounts.ts";
import { rpcAddress } from "./chain.ts";
import { saysThatNonceIsUsed } from "./faults.ts";

export const DEVELOPMENT = "agora-development-key";
const GIFT = 1_000n * CREDIT;

// Accounts 9 and 0 of "test test test test test test test test test test test junk". Everybody has these keys; the first
// account deployed the market and may mint.
const HOLDER: Hex = "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6";
const MINTER: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const clientOf = (account: Account, chain: Chain) =>
  createWalletClient({ account, chain, transport: http(rpcAddress()) });

/** Account 9 as a connector: it signs here, without asking, and sends by way of the explorer. */
export function developmentKey() {
  return createConnector<Client, Record<string, unknown>, Record<typeof DEVELOPMENT, boolean>>((config) => {
    const account = privateKeyToAccount(HOLDER);
    const chain = config.chains[0];
    const client = clientOf(account, chain);
    return {
      id: DEVELOPMENT,
      name: "Development key",
      type: "development",
      async connect({ withCapabilities } = {}) {
        await config.storage?.setItem(DEVELOPMENT, true);
        const accounts = withCapabilities
          ? [{ address: account.address, capabilities: {} }]
          : [account.address];
        return { accounts: accounts as never, chainId: chain.id };
      },
      async disconnect() {
        await config.storage?.removeItem(DEVELOPMENT);
      },
      getAccounts: async () => [account.address],
      getChainId: async () => chain.id,
      getProvider: async () => client,
      getClient: async () => client,
      isAuthorized: async () => (await config.storage?.getItem(DEVELOPMENT)) === true,
      async switchChain({ chainId }) {
        if (chainId === chain.id) return chain;
        throw new SwitchChainError(new Error("The development key is for this chain alone."));
      },
      onAccountsChanged() {},
      onChainChanged() {},
      onDisconnect() {},
    };
  });
}

const TRIES = 8;
const PAUSE_MS = 250;

/**
 * Mints 1,000 credits for `to`; resolves when they are there.
 *
 * A fleet's faucet pays from the same account: whoever's nonce is used first wins, and the other tries the next one.
 */
export async function mintGift(
  reader: PublicClient,
  chain: Chain,
  token: Address,
  to: Address,
): Promise<void> {
  const minter = clientOf(privateKeyToAccount(MINTER), chain);
  const abi = [...creditTokenAbi, ...errorsAbi] as const;
  for (let attempt = 1; ; attempt++) {
    try {
      const receipt = await mintOnce();
      if (receipt !== null) return;
    } catch (error) {
      if (attempt === TRIES || !saysThatNonceIsUsed(error)) throw error;
    }
    if (attempt === TRIES) throw new Error("The faucet is busy. Try again in a moment.");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * Math.random() * attempt));
  }

  /** The receipt, or null where another transaction has taken the nonce. */
  async function mintOnce(): Promise<TransactionReceipt | null> {
    const hash = await minter.writeContract({ address: token, abi, functionName: "mint", args: [to, GIFT] });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    return receipt.transactionHash === hash && receipt.status === "success" ? receipt : null;
  }
}
