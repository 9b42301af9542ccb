import { createConfig, http, unstable_connector, injected, type Config } from "wagmi";

import type { Status } from "../api/types.ts";
import { chainOf, rpcAddress } from "./chain.ts";
import { developmentKey } from "./development.ts";

const made = new Map<string, Config>();

/** The wallets that this browser has (EIP-6963), and the development key where the explorer says so; one for each chain. */
export function configOf(status: Status): Config {
  const key = [status.chain_id, status.genesis_hash, status.rpc, status.dev_key].join();
  const there = made.get(key);
  if (there !== undefined) return there;
  const chain = chainOf(status);
  const config = createConfig({
    chains: [chain],
    connectors: status.dev_key && status.rpc ? [developmentKey()] : [],
    transports: { [chain.id]: status.rpc ? http(rpcAddress()) : unstable_connector(injected) },
  });
  made.set(key, config);
  return config;
}
