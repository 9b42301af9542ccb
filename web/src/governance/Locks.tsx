import type { VotingLock } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Span, Time } from "../components/Time.tsx";
import { formatNumber, shortCredits } from "../lib/format.ts";

const COLUMNS: readonly Column<VotingLock>[] = [
  { id: "id", header: "Lock", end: true, cell: (lock) => lock.id },
  { id: "owner", header: "Owner", cell: (lock) => <Account account={lock.owner} /> },
  {
    id: "amount",
    header: "Credits",
    end: true,
    cell: (lock) => <Money units={lock.amount} />,
    sort: (lock) => lock.amount,
  },
  {
    id: "period",
    header: "Notice",
    cell: (lock) => <Span seconds={lock.period} />,
    sort: (lock) => lock.period,
  },
  {
    id: "votes",
    header: "Votes",
    end: true,
    cell: (lock) => <span title={formatNumber(lock.votes)}>{shortCredits(lock.votes)}</span>,
    sort: (lock) => lock.votes,
  },
  { id: "release", header: "Free again", cell: (lock) => <Time at={lock.release_at} />, extra: true },
];

/** Credits that are locked for votes: the longer the notice, the more votes. */
export function Locks({ locks }: { locks: readonly VotingLock[] }) {
  return (
    <Panel
      title="Locked for votes"
      note="Votes come from credits locked for a time, not from a balance; the largest 50."
    >
      <Table
        caption="Voting locks"
        columns={COLUMNS}
        rows={locks}
        rowKey={(lock) => lock.id}
        empty={<p className="muted">Nobody has locked credits for votes.</p>}
      />
    </Panel>
  );
}
