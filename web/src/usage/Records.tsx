import { usePage, useApi } from "../api/hooks.ts";
import type { Channel, Receipt, Receipts as Book, Redemption } from "../api/types.ts";
import { Account, Agent, TaskLink } from "../components/Account.tsx";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Paged, Pager } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import type { Params } from "../api/client.ts";
import { formatNumber } from "../lib/format.ts";
import { ChannelTable } from "./ChannelTable.tsx";

const TOPICS = ["usage"];

interface RecordsProps {
  filters: Params;
}

/** Payment channels, the newest first. */
export function Channels({ filters }: RecordsProps) {
  const page = usePage<Channel>("/api/usage/channels", filters, TOPICS);
  return (
    <Paged query={page} filters={filters} lines={10}>
      {(items) => <ChannelTable channels={items} />}
    </Paged>
  );
}

const REDEMPTIONS: readonly Column<Redemption>[] = [
  { id: "time", header: "When", cell: (row) => <Time at={row.time} /> },
  { id: "agent", header: "Agent", cell: (row) => <Agent id={row.agent} name={row.agent_name} /> },
  { id: "provider", header: "Provider", cell: (row) => <Account account={row.provider} />, extra: true },
  {
    id: "amount",
    header: "Amount, cr",
    end: true,
    cell: (row) => <Money units={row.amount} />,
    sort: (row) => row.amount,
  },
  { id: "total", header: "Channel's total, cr", end: true, cell: (row) => <Money units={row.cumulative} /> },
  { id: "channel", header: "Channel", cell: (row) => <Hash value={row.channel} />, extra: true },
  {
    id: "root",
    header: "Receipts' root",
    cell: (row) => <Hash value={row.receipts_root} copy />,
    extra: true,
  },
  { id: "tx", header: "Transaction", cell: (row) => <Tx hash={row.tx} /> },
];

/** Vouchers that providers turned into credits. */
export function Redemptions({ filters }: RecordsProps) {
  const page = usePage<Redemption>("/api/usage/redemptions", filters, TOPICS);
  return (
    <Paged query={page} filters={filters} lines={10}>
      {(items) => (
        <Table
          caption="Redemptions"
          columns={REDEMPTIONS}
          rows={items}
          rowKey={(row) => row.seq}
          empty={<Empty title="Nothing redeemed">A provider redeems its vouchers from time to time.</Empty>}
        />
      )}
    </Paged>
  );
}

const RECEIPTS: readonly Column<Receipt>[] = [
  { id: "time", header: "When", cell: (row) => <Time at={row.time} /> },
  { id: "agent", header: "Agent", cell: (row) => <Agent id={row.agent} /> },
  { id: "purpose", header: "For", cell: (row) => <Untrusted text={row.purpose} limit={30} plain /> },
  { id: "task", header: "Task", cell: (row) => <TaskLink id={row.task} /> },
  {
    id: "model",
    header: "Model",
    cell: (row) => <Untrusted text={row.model} limit={30} plain />,
    extra: true,
  },
  {
    id: "read",
    header: "Read, tokens",
    end: true,
    cell: (row) => formatNumber(row.prompt_tokens),
    extra: true,
  },
  {
    id: "written",
    header: "Written, tokens",
    end: true,
    cell: (row) => formatNumber(row.completion_tokens),
    extra: true,
  },
  {
    id: "cost",
    header: "Cost, cr",
    end: true,
    cell: (row) => <Money units={row.cost} />,
    sort: (row) => row.cost,
  },
  {
    id: "total",
    header: "Channel's total, cr",
    end: true,
    cell: (row) => <Money units={row.cumulative} />,
    extra: true,
  },
  { id: "status", header: "Answer", end: true, cell: (row) => row.status, extra: true },
  { id: "digest", header: "Digest", cell: (row) => <Hash value={row.digest} copy />, extra: true },
];

/** The model calls in the gateway's book, where that lies on the explorer's machine. */
export function Receipts({ filters }: RecordsProps) {
  const params = { agent: filters["agent"], cursor: filters["cursor"] };
  const page = useApi<Book>("/api/usage/receipts", { params, topics: TOPICS, keep: true });
  return (
    <Loaded query={page} lines={10}>
      {({ available, items, next }) =>
        available ? (
          <>
            <Table
              caption="Receipts"
              columns={RECEIPTS}
              rows={items}
              rowKey={(row) => `${row.book}/${row.call}`}
              empty={<Empty title="No receipt">The gateway has charged no call yet.</Empty>}
            />
            <Pager next={next} shown={items.length} filters={filters} />
          </>
        ) : (
          <Empty title="The gateway's book is not on this machine">
            Receipts stay with the gateway; their Merkle roots are on the chain, under Redemptions.
          </Empty>
        )
      }
    </Loaded>
  );
}
