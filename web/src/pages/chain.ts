/** The pages about the chain itself. */
export const CHAIN_TABS = [
  ["/blocks", "Blocks"],
  ["/tx", "Transactions"],
  ["/log", "Events"],
] as const;
