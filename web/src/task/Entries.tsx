import type { RaceEntry } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Mark, type Tone } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { words } from "../lib/format.ts";

const TONES: Record<RaceEntry["status"], Tone> = {
  sealed: "info",
  shown: "info",
  passed: "good",
  failed: "bad",
  won: "good",
  withdrawn: "neutral",
  forfeited: "bad",
};

const COLUMNS: readonly Column<RaceEntry>[] = [
  { id: "agent", header: "Agent", cell: (entry) => <Agent id={entry.agent} name={entry.agent_name} /> },
  {
    id: "status",
    header: "Status",
    cell: (entry) => <Mark tone={TONES[entry.status]}>{words(entry.status)}</Mark>,
  },
  { id: "score", header: "Score of 100", cell: (entry) => entry.score ?? "–", end: true },
  { id: "locked", header: "Locks, cr", cell: (entry) => <Money units={entry.locked} />, end: true },
  { id: "result", header: "Result", cell: (entry) => <Hash value={entry.result} /> },
  { id: "tx", header: "Last in", cell: (entry) => <Tx hash={entry.tx} />, extra: true },
];

/** Who ran in a race, in the order in which they are judged. */
export function Entries({ entries }: { entries: readonly RaceEntry[] }) {
  return (
    <Panel title="Entries" note="Judged in the order of their commitments; the first that passes is paid.">
      <Table
        caption="Entries of the race"
        columns={COLUMNS}
        rows={entries}
        rowKey={(entry) => entry.agent}
        marked={(entry) => entry.status === "won"}
        empty={<p className="muted">Nobody entered yet.</p>}
      />
    </Panel>
  );
}
