import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Problem } from "../api/client.ts";
import { useApi, usePage } from "../api/hooks.ts";
import type { AccountRow, LedgerEntry, LedgerOverview, ReasonTotal } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { DoubleEntry, EntryTable } from "../components/EntryTable.tsx";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { CountStat, MoneyStat, Stats } from "../components/Stats.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { useView, ViewSwitch } from "../components/Tabs.tsx";
import { formatNumber } from "../lib/format.ts";
import { reasonWords, REASONS } from "../lib/ledger.ts";

const TOPICS = ["ledger"];
const FILTERS = ["account", "reason", "kind", "task", "agent"];
const VIEWS = [
  ["movements", "Movements"],
  ["double", "Double entry"],
] as const;

const TOTALS: Column<ReasonTotal>[] = [
  { id: "reason", header: "Why", sort: (row) => row.reason, cell: (row) => reasonWords(row.reason) },
  {
    id: "moved",
    header: "Moved",
    end: true,
    sort: (row) => Math.max(row.received, row.paid),
    cell: (row) => <Money units={Math.max(row.received, row.paid)} />,
  },
  {
    id: "count",
    header: "Times",
    end: true,
    sort: (row) => row.count,
    cell: (row) => <Count value={row.count} />,
  },
];

const LARGEST: Column<AccountRow>[] = [
  {
    id: "account",
    header: "Account",
    wide: true,
    cell: (row) => <Account account={row.account} name={row.agent_name} ledger />,
  },
  { id: "free", header: "Free", end: true, cell: (row) => <Money units={row.free} /> },
  { id: "locked", header: "Locked", end: true, cell: (row) => <Money units={row.locked} /> },
];

/** Every movement of credits, once or as double entries, and the whole ledger in figures. */
export default function Ledger() {
  const [filters, change] = useFilters(FILTERS);
  const overview = useApi<LedgerOverview>("/api/ledger/overview", { topics: TOPICS });
  const page = usePage<LedgerEntry>("/api/ledger", filters, TOPICS);
  const view = useView("view", VIEWS);
  const common = { filters, change };
  return (
    <>
      <PageHead title="Ledger" actions={<Export resource="ledger" filters={filters} />} />
      <Books query={overview} />
      <div className="gap" />
      <Filters filters={filters}>
        <TextFilter label="Account" name="account" placeholder="0x… or agent:5" size={18} {...common} />
        <ChoiceFilter label="Why" name="reason" options={REASONS} {...common} />
        <TextFilter label="Event" name="kind" placeholder="Paid" {...common} />
        <TextFilter label="Task" name="task" size={6} {...common} />
        <TextFilter label="Agent" name="agent" size={6} {...common} />
      </Filters>
      <Panel title="Movements, newest first" actions={<ViewSwitch label="View" name="view" views={VIEWS} />}>
        <Paged query={page} filters={filters}>
          {(items) => (view === "double" ? <DoubleEntry entries={items} /> : <EntryTable entries={items} />)}
        </Paged>
      </Panel>
    </>
  );
}

function Books({ query }: { query: UseQueryResult<LedgerOverview, Problem> }) {
  return (
    <div className="grid">
      <Panel title="All credits">
        <Loaded query={query} lines={2}>
          {(data) => <Figures data={data} />}
        </Loaded>
      </Panel>
      <Panel title="What moved" className="half">
        <Loaded query={query} lines={8}>
          {(data) => (
            <Scrolled>
              <Table
                caption="Movements by reason"
                columns={TOTALS}
                rows={data.reasons}
                rowKey={(row) => row.reason}
              />
            </Scrolled>
          )}
        </Loaded>
      </Panel>
      <Panel title="Largest accounts" className="half">
        <Loaded query={query} lines={8}>
          {(data) => (
            <Scrolled>
              <Table
                caption="Largest accounts"
                columns={LARGEST}
                rows={data.largest}
                rowKey={(row) => row.account}
                empty={<Empty title="No account yet" />}
              />
            </Scrolled>
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

function Scrolled({ children }: { children: ReactNode }) {
  return <div className="scrolled">{children}</div>;
}

function Figures({ data }: { data: LedgerOverview }) {
  return (
    <Stats>
      <CountStat
        label="Accounts"
        figure="accounts"
        note={`${formatNumber(data.indebted)} in debt`}
        value={data.accounts}
      />
      <MoneyStat label="Free" figure="free" units={data.free} />
      <MoneyStat label="Locked" figure="locked" units={data.locked} />
      <MoneyStat label="Held by the ledger" figure="held" units={data.held} />
      <MoneyStat label="Outside" figure="outside" note="in wallets" units={data.outside} />
      <MoneyStat label="Minted" figure="minted" units={data.minted} />
      <MoneyStat
        label="Destroyed"
        figure="destroyed"
        note={
          <>
            <Money units={data.pending_burn} /> to come
          </>
        }
        units={data.destroyed}
      />
      <MoneyStat label="Debts" figure="debts" units={data.debts} />
    </Stats>
  );
}
