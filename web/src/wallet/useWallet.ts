import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { custom, type Address, type Chain, type Client, type PublicClient } from "viem";
import { useConfig, useConnection, type Connector } from "wagmi";
import { getConnectorClient } from "wagmi/actions";

import { useStatus } from "../api/status.tsx";
import type { Status } from "../api/types.ts";
import {
  marketOf,
  readConditions,
  readerOf,
  readFunds,
  type Conditions,
  type Funds,
  type Market,
} from "./chain.ts";
import { DEVELOPMENT } from "./development.ts";

/** The account that is connected. */
export interface Connected {
  address: Address;
  /** What the wallet calls itself. */
  name: string;
  /** Whether it is the public development key. */
  development: boolean;
  /** Whether the wallet is on another chain than the explorer. */
  elsewhere: boolean;
}

export interface Wallet {
  status: Status;
  chain: Chain;
  market: Market;
  /** Null where neither the explorer nor a wallet passes calls on to a node. */
  reader: PublicClient | null;
  connected: Connected | null;
  /** Signs and sends for the connected account; throws where there is none. */
  client: () => Promise<Client>;
}

/** The chain and the connected account; only within `WalletProvider`. */
export function useWallet(): Wallet {
  const status = useStatus().data;
  if (status === undefined) throw new Error("useWallet outside of WalletProvider");
  const config = useConfig();
  const { address, chainId, connector, isConnected } = useConnection();
  const [chain] = config.chains;
  const market = useMemo(() => marketOf(status.contracts), [status.contracts]);
  const reader = useMemo(() => {
    if (status.rpc) return readerOf(chain);
    return connector === undefined ? null : readerOf(chain, custom(throughWallet(connector)));
  }, [chain, connector, status.rpc]);
  const connected =
    isConnected && address !== undefined && connector !== undefined
      ? {
          address,
          name: connector.name,
          development: connector.id === DEVELOPMENT,
          elsewhere: chainId !== chain.id,
        }
      : null;
  // Of this account and no other: the wallet may have changed to another since it was shown.
  const client = (): Promise<Client> =>
    getConnectorClient(config, { chainId: chain.id, ...(address && { account: address }) });
  return { status, chain, market, reader, connected, client };
}

interface Provider {
  request: (call: { method: string; params?: unknown }) => Promise<unknown>;
}

function throughWallet(connector: Connector): Provider {
  return { request: async (call) => await ((await connector.getProvider()) as Provider).request(call) };
}

const AGAIN_MS = 4_000;
const BIGINTS = { structuralSharing: false } as const;

/** What a task that is posted now would keep; undefined until it is known. */
export function useConditions({ reader, market }: Wallet): Conditions | undefined {
  return (
    useQuery({
      queryKey: ["conditions", market.parameters],
      queryFn: async () => (reader === null ? null : await readConditions(reader, market)),
      enabled: reader !== null,
      refetchInterval: AGAIN_MS,
      ...BIGINTS,
    }).data ?? undefined
  );
}

/** What the connected account has, and a function that asks again; undefined until it is known. */
export function useFunds({ reader, market, connected }: Wallet): [Funds | undefined, () => Promise<unknown>] {
  const owner = connected?.address;
  const query = useQuery({
    queryKey: ["funds", market.ledger, owner],
    queryFn: async () => (reader && owner ? await readFunds(reader, market, owner) : null),
    enabled: reader !== null && owner !== undefined,
    meta: { topics: ["ledger"] },
    refetchInterval: AGAIN_MS,
    ...BIGINTS,
  });
  return [query.data ?? undefined, query.refetch];
}
