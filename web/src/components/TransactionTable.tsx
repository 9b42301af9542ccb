import type { TransactionRow } from "../api/types.ts";
import { Account } from "./Account.tsx";
import { Count } from "./Count.tsx";
import { Empty } from "./Feedback.tsx";
import { BlockLink, Tx } from "./Hash.tsx";
import { Mark } from "./State.tsx";
import { Table, type Column } from "./Table.tsx";
import { Time } from "./Time.tsx";

const COLUMNS: Column<TransactionRow>[] = [
  { id: "hash", header: "Transaction", cell: (row) => <Tx hash={row.hash} /> },
  { id: "block", header: "Block", end: true, cell: (row) => <BlockLink number={row.block} /> },
  { id: "time", header: "Time", cell: (row) => <Time at={row.time} /> },
  {
    id: "call",
    header: "Call",
    wide: true,
    cell: (row) => (
      <>
        {row.contract ?? <span className="muted">elsewhere</span>}
        {row.function && <span className="muted"> · {row.function}</span>}
      </>
    ),
  },
  {
    id: "outcome",
    header: "Outcome",
    cell: (row) => (
      <Mark tone={row.succeeded ? "good" : "bad"}>{row.succeeded ? "done" : (row.error ?? "undone")}</Mark>
    ),
  },
  { id: "sender", header: "Sender", extra: true, cell: (row) => <Account account={row.sender} /> },
  { id: "gas", header: "Gas", end: true, extra: true, cell: (row) => <Count value={row.gas_used} /> },
];

const KEY = (row: TransactionRow): string => row.hash;

/** Transactions that touched the market. */
export function TransactionTable({ transactions }: { transactions: readonly TransactionRow[] }) {
  return (
    <Table
      caption="Transactions"
      columns={COLUMNS}
      rows={transactions}
      rowKey={KEY}
      empty={
        <Empty title="No such transaction">Only those that touch the market's contracts are kept.</Empty>
      }
    />
  );
}
