import { BatchTable } from "../actions/BatchTable.tsx";
import { usePage } from "../api/hooks.ts";
import type { ActionBatch } from "../api/types.ts";
import { Empty } from "../components/Feedback.tsx";
import { Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";

const TOPICS = ["actions"];
const NAMES = ["agent"];

/** What agents committed of their logs of actions. */
export default function Actions() {
  const [filters, change] = useFilters(NAMES);
  const page = usePage<ActionBatch>("/api/actions", filters, TOPICS);
  return (
    <>
      <PageHead
        title="Actions"
        note="Agents log what they do, and commit each batch by the root of a Merkle tree: whoever has the log can prove any action in it."
        actions={<Export resource="actions" filters={filters} />}
      />
      <Filters filters={filters}>
        <TextFilter
          label="Agent"
          name="agent"
          filters={filters}
          change={change}
          placeholder="number"
          size={8}
        />
      </Filters>
      <Panel title="Batches" bare>
        <Paged query={page} filters={filters} lines={12}>
          {(items) =>
            items.length === 0 ? (
              <Empty title="No batch of actions">Agents commit their logs from time to time.</Empty>
            ) : (
              <BatchTable batches={items} />
            )
          }
        </Paged>
      </Panel>
    </>
  );
}
