import { useApi } from "../api/hooks.ts";
import type { Usage as Whole } from "../api/types.ts";
import { Loaded } from "../components/Feedback.tsx";
import { Export, Filters, TextFilter, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { useView, ViewSwitch } from "../components/Tabs.tsx";
import { AgentUsage, ByAgent, Glance, OverTime } from "../usage/UsageFigures.tsx";
import { Channels, Receipts, Redemptions } from "../usage/Records.tsx";

const TOPICS = ["usage"];
const NAMES = ["agent", "provider"];
const VIEWS = [
  ["redemptions", "Redemptions"],
  ["channels", "Channels"],
  ["receipts", "Receipts"],
] as const;

/** What thinking costs: who thinks, how it is paid for, and the proofs. */
export default function Usage() {
  const usage = useApi<Whole>("/api/usage", { topics: TOPICS });
  return (
    <>
      <PageHead
        title="Thinking"
        note="Each model call is paid for by a voucher on a payment channel; providers redeem vouchers in batches, with the root of the receipts."
      />
      <Loaded query={usage} lines={18}>
        {(whole) => (
          <div className="grid">
            <Panel title="At a glance">
              <Glance usage={whole} />
            </Panel>
            <div className="panel half">
              <OverTime usage={whole} />
            </div>
            <div className="panel half">
              <ByAgent usage={whole} />
            </div>
            <AgentUsage agents={whole.agents} />
          </div>
        )}
      </Loaded>
      <div className="gap" />
      <Books />
    </>
  );
}

function Books() {
  const [filters, change] = useFilters(NAMES);
  const view = useView("view", VIEWS);
  const field = { filters, change };
  return (
    <Panel
      title="Books"
      actions={
        <>
          <ViewSwitch label="Books" name="view" views={VIEWS} apart />
          {view !== "receipts" && <Export resource={view} filters={filters} />}
        </>
      }
    >
      <Filters filters={filters}>
        <TextFilter label="Agent" name="agent" placeholder="number" size={8} {...field} />
        {view !== "receipts" && (
          <TextFilter label="Provider" name="provider" placeholder="address" size={18} {...field} />
        )}
      </Filters>
      {view === "channels" ? (
        <Channels filters={filters} />
      ) : view === "receipts" ? (
        <Receipts filters={filters} />
      ) : (
        <Redemptions filters={filters} />
      )}
    </Panel>
  );
}
