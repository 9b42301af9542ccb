import { usePage } from "../api/hooks.ts";
import type { BlockRow } from "../api/types.ts";
import { Count } from "../components/Count.tsx";
import { Empty } from "../components/Feedback.tsx";
import { BlockLink, Hash } from "../components/Hash.tsx";
import { ChoiceFilter, Export, Filters, Paged, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { Time } from "../components/Time.tsx";
import { formatGwei } from "../lib/format.ts";
import { CHAIN_TABS } from "../routes.ts";

const TOPICS = ["blocks"];
const FILTERS = ["with_events"];
const WHICH = [["true", "with events"]] as const;

const COLUMNS: Column<BlockRow>[] = [
  { id: "number", header: "Block", end: true, cell: (row) => <BlockLink number={row.number} /> },
  { id: "time", header: "Time", cell: (row) => <Time at={row.time} /> },
  {
    id: "hash",
    header: "Hash",
    wide: true,
    cell: (row) => <Hash value={row.hash} href={`/blocks/${row.hash}`} kept={12} />,
  },
  {
    id: "market",
    header: "Market transactions",
    end: true,
    cell: (row) => <Count value={row.transactions} />,
  },
  {
    id: "all",
    header: "Of all",
    end: true,
    extra: true,
    cell: (row) => <Count value={row.transactions_total} />,
  },
  { id: "events", header: "Events", end: true, cell: (row) => <Count value={row.events} /> },
  { id: "fee", header: "Base fee", end: true, extra: true, cell: (row) => formatGwei(row.base_fee) },
];

const KEY = (row: BlockRow): number => row.number;

/** All blocks that the explorer has read, newest first. */
export default function Blocks() {
  const [filters, change] = useFilters(FILTERS);
  const page = usePage<BlockRow>("/api/blocks", filters, TOPICS);
  return (
    <>
      <PageHead title="Blocks" actions={<Export resource="blocks" filters={filters} />} />
      <Tabs label="The chain" tabs={CHAIN_TABS} />
      <Filters filters={filters}>
        <ChoiceFilter label="Blocks" name="with_events" options={WHICH} filters={filters} change={change} />
      </Filters>
      <Panel title="Blocks, newest first" bare>
        <Paged query={page} filters={filters}>
          {(items) => (
            <Table
              caption="Blocks"
              columns={COLUMNS}
              rows={items}
              rowKey={KEY}
              empty={<Empty title="No block has been read yet" />}
            />
          )}
        </Paged>
      </Panel>
    </>
  );
}
