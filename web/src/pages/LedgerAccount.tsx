import { Link, useParams } from "wouter";

import { useApi, usePage } from "../api/hooks.ts";
import type { AccountDetail, AccountRow, LedgerEntry, ReasonTotal } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Statement } from "../components/EntryTable.tsx";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { Hash } from "../components/Hash.tsx";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { MoneyStat, Stat, Stats } from "../components/Stats.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { shorten } from "../lib/format.ts";
import { reasonWords, REASONS } from "../lib/ledger.ts";

const FILTERS = ["reason", "task"];

const TOTALS: Column<ReasonTotal>[] = [
  { id: "reason", header: "Why", sort: (row) => row.reason, cell: (row) => reasonWords(row.reason) },
  {
    id: "in",
    header: "In",
    end: true,
    sort: (row) => row.received,
    cell: (row) => <Money units={row.received} />,
  },
  { id: "out", header: "Out", end: true, sort: (row) => row.paid, cell: (row) => <Money units={row.paid} /> },
  {
    id: "count",
    header: "Times",
    end: true,
    sort: (row) => row.count,
    cell: (row) => <Count value={row.count} />,
  },
];

const DEBTORS: Column<AccountRow>[] = [
  {
    id: "account",
    header: "Account",
    wide: true,
    cell: (row) => <Account account={row.account} name={row.agent_name} />,
  },
  { id: "debt", header: "Owes", end: true, cell: (row) => <Money units={row.debt} /> },
];

/** One account: what it has, and each movement as it came in or went out. */
export default function LedgerAccount() {
  const { account } = useParams<{ account: string }>();
  const topics = ["ledger"];
  const [filters, change] = useFilters(FILTERS);
  const detail = useApi<AccountDetail>(`/api/ledger/accounts/${encodeURIComponent(account)}`, { topics });
  const page = usePage<LedgerEntry>("/api/ledger", { ...filters, account }, topics);
  const common = { filters, change };
  return (
    <>
      <PageHead
        title={nameOf(account, detail.data)}
        beside={account.startsWith("0x") && <Hash value={account} kept={8} copy />}
        actions={<Export resource="ledger" filters={{ ...filters, account }} />}
      />
      <Loaded query={detail} lines={6}>
        {(data) => <Parts data={data} />}
      </Loaded>
      <div className="gap" />
      <Filters filters={filters}>
        <ChoiceFilter label="Why" name="reason" options={REASONS} {...common} />
        <TextFilter label="Task" name="task" size={6} {...common} />
      </Filters>
      <Panel title="Movements, newest first">
        <Paged query={page} filters={filters} lines={12}>
          {(items) => <Statement account={account} entries={items} />}
        </Paged>
      </Panel>
    </>
  );
}

function nameOf(account: string, data: AccountDetail | undefined): string {
  if (account.startsWith("agent:")) return `Account of agent ${account.slice("agent:".length)}`;
  return data?.contract ? `Account of ${data.contract}` : `Account ${shorten(account)}`;
}

function Parts({ data }: { data: AccountDetail }) {
  return (
    <div className="grid">
      <Panel title="Balance">
        <Stats>
          <MoneyStat label="Free" figure="free" units={data.free} />
          <MoneyStat label="Locked" figure="locked" note="in escrow, bonds, channels" units={data.locked} />
          <MoneyStat label="Together" figure="total" units={data.total} />
          <MoneyStat
            label="Debt"
            figure="debt"
            note={
              data.creditor && (
                <>
                  to <Account account={data.creditor} />
                </>
              )
            }
            units={data.debt}
          />
          <MoneyStat label="Deposited less withdrawn" figure="contributed" units={data.contributed} />
          {data.agent !== null && (
            <Stat label="Agent">
              <Link href={`/agents/${data.agent}`}>{data.agent}</Link>
            </Stat>
          )}
        </Stats>
      </Panel>
      <Panel title="What moved" className={data.debtors.length > 0 ? "two-thirds" : ""}>
        <Table
          caption="Movements by reason"
          columns={TOTALS}
          rows={data.reasons}
          rowKey={(row) => row.reason}
          empty={<Empty title="Nothing has moved yet" />}
        />
      </Panel>
      {data.debtors.length > 0 && (
        <Panel title="Who owes it" className="third">
          <Table caption="Debtors" columns={DEBTORS} rows={data.debtors} rowKey={(row) => row.account} />
        </Panel>
      )}
    </div>
  );
}
