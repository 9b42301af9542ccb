import type { EventRow } from "../api/types.ts";
import { words } from "../lib/format.ts";
import { EventArguments } from "./Decoded.tsx";
import { Empty } from "./Feedback.tsx";
import { BlockLink, Tx } from "./Hash.tsx";
import { Table, type Column } from "./Table.tsx";
import { Time } from "./Time.tsx";
import { Untrusted } from "./Untrusted.tsx";

const WHAT: Column<EventRow>[] = [
  { id: "contract", header: "Contract", cell: (row) => row.contract },
  { id: "name", header: "Event", cell: (row) => words(row.name) },
  {
    id: "text",
    header: "What happened",
    wide: true,
    cell: (row) => (
      <details className="decoded">
        <summary>
          <Untrusted text={row.text} limit={300} plain />
        </summary>
        <EventArguments items={row.arguments} />
      </details>
    ),
  },
];

const WHERE: Column<EventRow>[] = [
  { id: "time", header: "Time", cell: (row) => <Time at={row.time} /> },
  { id: "block", header: "Block", end: true, extra: true, cell: (row) => <BlockLink number={row.block} /> },
  { id: "tx", header: "Transaction", extra: true, cell: (row) => <Tx hash={row.tx} /> },
];

const ALL = [...WHERE, ...WHAT];
const KEY = (row: EventRow): number => row.seq;

/** Events with their arguments folded away; `within` one transaction, without time and place. */
export function EventTable({ events, within = false }: { events: readonly EventRow[]; within?: boolean }) {
  return (
    <Table
      caption="Events"
      columns={within ? WHAT : ALL}
      rows={events}
      rowKey={KEY}
      empty={<Empty title="No such event" />}
    />
  );
}
