import type { Channel } from "../api/types.ts";
import { Account, Agent } from "../components/Account.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Mark } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";

// The root of a channel of which nothing was redeemed.
const NOTHING = /^0x0*$/;

const COLUMNS: readonly Column<Channel>[] = [
  { id: "id", header: "Channel", cell: (one) => <Hash value={one.id} copy /> },
  {
    id: "agent",
    header: "Agent",
    cell: (one) => <Agent id={one.agent} name={one.agent_name} />,
    sort: (one) => one.agent,
  },
  { id: "provider", header: "Provider", cell: (one) => <Account account={one.provider} /> },
  { id: "state", header: "State", cell: (one) => <ChannelState channel={one} /> },
  {
    id: "paid-in",
    header: "Paid in, cr",
    cell: (one) => <Money units={one.paid_in} />,
    sort: (one) => one.paid_in,
    end: true,
  },
  {
    id: "redeemed",
    header: "Redeemed, cr",
    cell: (one) => <Money units={one.redeemed} />,
    sort: (one) => one.redeemed,
    end: true,
  },
  {
    id: "left",
    header: "Left, cr",
    cell: (one) => <Money units={one.deposit} />,
    sort: (one) => one.deposit,
    end: true,
  },
  {
    id: "owed",
    header: "Became debt, cr",
    cell: (one) => <Money units={one.owed} />,
    end: true,
    extra: true,
  },
  {
    id: "root",
    header: "Receipts' root",
    cell: (one) => <Hash value={NOTHING.test(one.root) ? null : one.root} />,
    extra: true,
  },
  { id: "time", header: "Last", cell: (one) => <Time at={one.time} />, extra: true },
  { id: "tx", header: "in", cell: (one) => <Tx hash={one.tx} />, extra: true },
];

/** Payment channels for thinking. */
export function ChannelTable({ channels, alone = false }: { channels: readonly Channel[]; alone?: boolean }) {
  return (
    <Table
      caption="Channels"
      columns={alone ? ALONE : COLUMNS}
      rows={channels}
      rowKey={(one) => one.id}
      empty={<p className="muted">No channel was opened yet.</p>}
    />
  );
}

const ALONE = COLUMNS.filter((column) => column.id !== "agent");

function ChannelState({ channel }: { channel: Channel }) {
  if (!channel.open) return <Mark>Closed</Mark>;
  if (channel.exit_end === null) return <Mark tone="good">Open</Mark>;
  return (
    <>
      <Mark tone="warn">Leaving</Mark> <Time at={channel.exit_end} />
    </>
  );
}
