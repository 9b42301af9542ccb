import type { UseQueryResult } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";

import type { Problem } from "./client.ts";
import { useApi } from "./hooks.ts";
import type { Status } from "./types.ts";

type StatusQuery = UseQueryResult<Status, Problem>;

const TOPICS = ["status"];
const NONE: Readonly<Record<string, string>> = {};

const StatusContext = createContext<StatusQuery | null>(null);
const ContractsContext = createContext(NONE);

/** Asks for the explorer's state once for the whole page. */
export function StatusProvider({ children }: { children: ReactNode }) {
  const status = useApi<Status>("/api/status", { topics: TOPICS, every: 5_000 });
  return (
    <StatusContext value={status}>
      <ContractsContext value={status.data?.contracts ?? NONE}>{children}</ContractsContext>
    </StatusContext>
  );
}

/** The explorer's own state: chain, head, how far behind it is, contracts and terms. */
export function useStatus(): StatusQuery {
  const status = useContext(StatusContext);
  if (status === null) throw new Error("useStatus outside of StatusProvider");
  return status;
}

/** The addresses of the market's contracts by name; empty until they are known. */
export function useContracts(): Readonly<Record<string, string>> {
  return useContext(ContractsContext);
}
