import type { ReactNode } from "react";
import { WagmiProvider } from "wagmi";

import { useStatus } from "../api/status.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { configOf } from "./config.ts";
import "./wallet.css";

/** What stands in it may use `useWallet`. */
export function WalletProvider({ children }: { children: ReactNode }) {
  const status = useStatus();
  return (
    <Loaded query={status}>
      {(data) => <WagmiProvider config={configOf(data)}>{children}</WagmiProvider>}
    </Loaded>
  );
}
