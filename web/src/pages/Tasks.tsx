import { usePage } from "../api/hooks.ts";
import type { TaskRow } from "../api/types.ts";
import { Account, Agent, TaskLink } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Empty } from "../components/Feedback.tsx";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { State, TASK_STATES } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { words } from "../lib/format.ts";
import { MODE_NAMES, MODES } from "../lib/modes.ts";

const TOPICS = ["tasks"];
const FILTERS = ["text", "state", "skill", "mode", "requester", "agent", "evaluator", "parent"];
const AWARDS = MODE_NAMES.map((mode) => [mode, MODES[mode].short] as const);

const COLUMNS: Column<TaskRow>[] = [
  {
    id: "task",
    header: "Task",
    wide: true,
    cell: (row) => <TaskLink id={row.id} title={row.title} />,
  },
  { id: "state", header: "State", cell: (row) => <State state={row.state} /> },
  { id: "skill", header: "Skill", cell: (row) => <Untrusted text={row.skill} limit={20} plain /> },
  { id: "mode", header: "Award", extra: true, cell: (row) => MODES[row.mode].short },
  { id: "reserve", header: "Reserve", end: true, cell: (row) => <Money units={row.reserve} /> },
  { id: "price", header: "Price", end: true, cell: (row) => <Money units={row.price} /> },
  { id: "bids", header: "Bids", end: true, extra: true, cell: (row) => <Count value={row.commitments} /> },
  { id: "score", header: "Score", end: true, extra: true, cell: (row) => <Count value={row.score} /> },
  {
    id: "agent",
    header: "Worker",
    extra: true,
    cell: (row) => <Agent id={row.agent} name={row.agent_name} />,
  },
  { id: "requester", header: "Requester", spare: true, cell: (row) => <Account account={row.requester} /> },
  {
    id: "deadline",
    header: "Window ends",
    extra: true,
    cell: (row) => <Time at={row.ended_time === null ? row.deadline : null} />,
  },
  { id: "created", header: "Posted", cell: (row) => <Time at={row.created_time} /> },
];

const KEY = (row: TaskRow): number => row.id;

/** All tasks, newest first. */
export default function Tasks() {
  const [filters, change] = useFilters(FILTERS);
  const page = usePage<TaskRow>("/api/tasks", filters, TOPICS);
  const common = { filters, change };
  return (
    <>
      <PageHead title="Tasks" actions={<Export resource="tasks" filters={filters} />} />
      <Filters filters={filters}>
        <TextFilter label="Words" name="text" size={18} {...common} />
        <ChoiceFilter
          label="State"
          name="state"
          options={TASK_STATES.map((one) => [one, words(one)])}
          {...common}
        />
        <TextFilter label="Skill" name="skill" {...common} />
        <ChoiceFilter label="Award" name="mode" options={AWARDS} {...common} />
        <TextFilter label="Requester" name="requester" placeholder="0x…" {...common} />
        <TextFilter label="Worker" name="agent" placeholder="agent's number" {...common} />
      </Filters>
      <Panel title="Newest first" bare>
        <Paged query={page} filters={filters}>
          {(items) => (
            <Table
              caption="Tasks"
              columns={COLUMNS}
              rows={items}
              rowKey={KEY}
              empty={<Empty title="No such task">Post one, or clear the filters.</Empty>}
            />
          )}
        </Paged>
      </Panel>
    </>
  );
}
