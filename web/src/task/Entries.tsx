import type { RaceEntry, TaskDetail } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Empty } from "../components/Feedback.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Mark, type Tone } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { words } from "../lib/format.ts";
import { MODES } from "../lib/modes.ts";
import { Why } from "./Bids.tsx";

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
export function Entries({ task }: { task: TaskDetail }) {
  return (
    <Panel title="Entries and price" note={MODES.Race.rule}>
      {task.award && <Why award={task.award} />}
      <Table
        caption="Entries of the race"
        columns={COLUMNS}
        rows={task.entries}
        rowKey={(entry) => entry.agent}
        marked={(entry) => entry.status === "won"}
        empty={<NoEntry task={task} />}
      />
    </Panel>
  );
}

function NoEntry({ task }: { task: TaskDetail }) {
  if (task.state !== "Open") return <Empty title="Nobody entered." />;
  return (
    <Empty title="Nobody entered yet.">
      Results are taken until <Time at={task.bidding_end} full />.
    </Empty>
  );
}
