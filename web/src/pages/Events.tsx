import { usePage } from "../api/hooks.ts";
import { useContracts } from "../api/status.tsx";
import type { EventRow } from "../api/types.ts";
import { EventTable } from "../components/EventTable.tsx";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { CHAIN_TABS } from "../routes.ts";

const TOPICS = ["events"];
const FILTERS = ["contract", "name", "account", "agent", "task", "tx"];

/** Every event of the market's contracts, newest first. */
export default function Events() {
  const [filters, change] = useFilters(FILTERS);
  const contracts = Object.keys(useContracts()).sort();
  const page = usePage<EventRow>("/api/events", filters, TOPICS);
  const common = { filters, change };
  return (
    <>
      <PageHead title="Events" actions={<Export resource="events" filters={filters} />} />
      <Tabs label="The chain" tabs={CHAIN_TABS} />
      <Filters filters={filters}>
        <ChoiceFilter
          label="Contract"
          name="contract"
          options={contracts.map((one) => [one, one])}
          {...common}
        />
        <TextFilter label="Event" name="name" placeholder="TaskAwarded" {...common} />
        <TextFilter label="Account" name="account" placeholder="0x… or agent:5" {...common} />
        <TextFilter label="Agent" name="agent" size={6} {...common} />
        <TextFilter label="Task" name="task" size={6} {...common} />
      </Filters>
      <Panel title="Events, newest first" bare>
        <Paged query={page} filters={filters}>
          {(items) => <EventTable events={items} />}
        </Paged>
      </Panel>
    </>
  );
}
