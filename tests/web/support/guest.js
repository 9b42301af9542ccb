// A wallet in the page, as extensions put them there (EIP-1193, EIP-6963), which signs in the test.

import { need } from "./packages.js";

const { createWalletClient, createPublicClient, http, numberToHex } = need("viem");
const { mnemonicToAccount } = need("viem/accounts");
const { hardhat } = need("viem/chains");

const TEST_PHRASE = "test test test test test test test test test test test junk";
export const NAME = "Test wallet";

/** An account of the public test phrase: it has ether. */
export const accountOf = (addressIndex) => mnemonicToAccount(TEST_PHRASE, { addressIndex });

/** The accounts that tests/web/market.py gives credits to: one is enough for a test, and none is used by two at a time. */
export const [guest, worker, buyer] = [8, 6, 5].map(accountOf);

const REJECTED = { code: 4001, message: "User rejected the request." };

/**
 * Puts a wallet of the account into a page that is not loaded yet. `answers.reject` makes it say no, `answers.chain` names
 * its chain, `answers.connected` lets the page see the account without asking.
 */
export async function installWallet(page, node, account = guest) {
  const answers = { connected: false, reject: false, chain: hardhat.id, asked: [] };
  const transport = http(node);
  const signer = createWalletClient({ account, chain: hardhat, transport });
  const reader = createPublicClient({ chain: hardhat, transport });
  const answer = async ({ method, params = [] }) => {
    answers.asked.push(method);
    const signs = /^eth_(send|sign)/.test(method);
    if (signs && answers.reject) throw REJECTED;
    switch (method) {
      case "eth_accounts":
        return answers.connected ? [account.address] : [];
      case "eth_requestAccounts":
        answers.connected = true;
        return [account.address];
      case "wallet_requestPermissions":
        throw { code: 4200, message: "not here" };
      case "eth_chainId":
        return numberToHex(answers.chain);
      case "wallet_switchEthereumChain":
        answers.chain = Number(params[0].chainId);
        return null;
      case "eth_signTypedData_v4": {
        const { EIP712Domain, ...types } = JSON.parse(params[1]).types;
        return await account.signTypedData({ ...JSON.parse(params[1]), types });
      }
      case "eth_sendTransaction": {
        const { to, data, gas } = params[0];
        return await signer.sendTransaction({ to, data, gas: gas && BigInt(gas) });
      }
      default:
        return await reader.request({ method, params });
    }
  };
  await page.exposeFunction("askTestWallet", async (call) => {
    try {
      return { result: await answer(call) };
    } catch (error) {
      return {
        error: { code: error.code ?? -32603, message: error.message ?? String(error), data: error.data },
      };
    }
  });
  await page.addInitScript(announce, NAME);
  return answers;
}

/** Runs in the page. */
function announce(name) {
  const listeners = new Map();
  const provider = {
    async request(call) {
      const { result, error } = await window.askTestWallet(JSON.parse(JSON.stringify(call)));
      if (error) throw Object.assign(new Error(error.message), error);
      if (call.method === "wallet_switchEthereumChain") {
        for (const hear of listeners.get("chainChanged") ?? []) hear(call.params[0].chainId);
      }
      return result;
    },
    on: (event, hear) => listeners.set(event, [...(listeners.get(event) ?? []), hear]),
    removeListener: (event, hear) =>
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((one) => one !== hear),
      ),
  };
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
  const info = { uuid: "6a0b0c2e-0000-4000-8000-000000000001", name, icon, rdns: "test.wallet" };
  const show = () =>
    window.dispatchEvent(
      new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  window.addEventListener("eip6963:requestProvider", show);
  show();
}
