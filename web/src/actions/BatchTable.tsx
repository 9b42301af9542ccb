import type { ActionBatch } from "../api/types.ts";
import { Account, Agent } from "../components/Account.tsx";
import { BlockLink, Hash, Tx } from "../components/Hash.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";

const COLUMNS: readonly Column<ActionBatch>[] = [
  { id: "agent", header: "Agent", cell: (one) => <Agent id={one.agent} name={one.agent_name} /> },
  { id: "batch", header: "Batch", cell: (one) => one.batch, end: true },
  { id: "actions", header: "Actions", cell: span, end: true },
  { id: "count", header: "Count", cell: (one) => one.count, end: true, extra: true },
  { id: "root", header: "Merkle root", cell: (one) => <Hash value={one.root} kept={6} copy /> },
  { id: "signer", header: "Signer", cell: (one) => <Account account={one.signer} />, extra: true },
  { id: "block", header: "Block", cell: (one) => <BlockLink number={one.block} />, end: true, extra: true },
  { id: "time", header: "When", cell: (one) => <Time at={one.time} /> },
  { id: "tx", header: "Transaction", cell: (one) => <Tx hash={one.tx} />, extra: true },
];

const ALONE = COLUMNS.filter((column) => !["agent", "signer", "block", "count"].includes(column.id));

function span({ first, count }: ActionBatch): string {
  return count === 1 ? `${first}` : `${first}–${first + count - 1}`;
}

/** Batches of logged actions; `alone`: all are of one agent, and the table is narrow. */
export function BatchTable({ batches, alone = false }: { batches: readonly ActionBatch[]; alone?: boolean }) {
  return (
    <Table
      caption="Batches of actions"
      columns={alone ? ALONE : COLUMNS}
      rows={batches}
      rowKey={(one) => `${one.agent}/${one.batch}`}
      empty={<p className="muted">No batch of actions was committed yet.</p>}
    />
  );
}
