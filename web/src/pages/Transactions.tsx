import { usePage } from "../api/hooks.ts";
import { useContracts } from "../api/status.tsx";
import type { TransactionRow } from "../api/types.ts";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { TransactionTable } from "../components/TransactionTable.tsx";
import { CHAIN_TABS } from "../routes.ts";

const TOPICS = ["blocks"];
const FILTERS = ["contract", "function", "sender", "block", "failed"];
const OUTCOMES = [
  ["false", "done"],
  ["true", "undone"],
] as const;

/** The transactions that touched the market, newest first. */
export default function Transactions() {
  const [filters, change] = useFilters(FILTERS);
  const contracts = Object.keys(useContracts()).sort();
  const page = usePage<TransactionRow>("/api/transactions", filters, TOPICS);
  const common = { filters, change };
  return (
    <>
      <PageHead title="Transactions" actions={<Export resource="transactions" filters={filters} />} />
      <Tabs label="The chain" tabs={CHAIN_TABS} />
      <Filters filters={filters}>
        <ChoiceFilter
          label="Contract"
          name="contract"
          options={contracts.map((one) => [one, one])}
          {...common}
        />
        <TextFilter label="Function" name="function" {...common} />
        <TextFilter label="Sender" name="sender" placeholder="0x…" {...common} />
        <TextFilter label="Block" name="block" size={8} {...common} />
        <ChoiceFilter label="Outcome" name="failed" options={OUTCOMES} {...common} />
      </Filters>
      <Panel title="Transactions, newest first" bare>
        <Paged query={page} filters={filters}>
          {(items) => <TransactionTable transactions={items} />}
        </Paged>
      </Panel>
    </>
  );
}
