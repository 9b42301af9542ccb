import { useSearchParams } from "wouter";

import { usePage } from "../api/hooks.ts";
import type { AgentRow } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Empty } from "../components/Feedback.tsx";
import { ChoiceFilter, Export, Filters, Paged, TextFilter, useFilters } from "../components/List.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Table, type Column, type ServerSort } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { FULL_QUALITY } from "../lib/quality.ts";
import { visible } from "../lib/text.ts";

const TOPICS = ["agents"];
const FILTERS = ["text", "skill", "active", "owner", "parent", "sort", "order"];
const ACTIVE = [
  ["true", "active"],
  ["false", "inactive"],
] as const;

const COLUMNS: Column<AgentRow>[] = [
  { id: "id", header: "Agent", sort: (row) => row.id, cell: (row) => <Agent id={row.id} name={row.name} /> },
  { id: "skills", header: "Skills", wide: true, cell: (row) => <Skills agent={row} /> },
  {
    id: "quality",
    header: "Quality",
    end: true,
    sort: (row) => row.quality,
    cell: (row) => <span data-value={row.quality}>{(row.quality / FULL_QUALITY).toFixed(2)}</span>,
  },
  {
    id: "earned",
    header: "Earned",
    end: true,
    sort: (row) => row.earned,
    cell: (row) => <Money units={row.earned} />,
  },
  {
    id: "thinking",
    header: "Thinking",
    end: true,
    cell: (row) => <Money units={row.thinking} />,
  },
  {
    id: "balance",
    header: "Free",
    end: true,
    sort: (row) => row.free,
    cell: (row) => <Money units={row.free} />,
  },
  { id: "locked", header: "Locked", end: true, extra: true, cell: (row) => <Money units={row.locked} /> },
  {
    id: "debt",
    header: "Debt",
    end: true,
    sort: (row) => row.debt,
    extra: true,
    cell: (row) => (row.debt > 0 ? <Money units={row.debt} /> : <span className="none">–</span>),
  },
  { id: "bids", header: "Bids", end: true, extra: true, cell: (row) => <Count value={row.bids} /> },
  {
    id: "wins",
    header: "Won",
    end: true,
    sort: (row) => row.wins,
    cell: (row) => <Count value={row.wins} />,
  },
  { id: "settled", header: "Settled", end: true, extra: true, cell: (row) => <Count value={row.settled} /> },
  {
    id: "failed",
    header: "Failed",
    end: true,
    extra: true,
    cell: (row) => <Count value={row.failed + row.defaulted} />,
  },
  { id: "created", header: "Since", extra: true, cell: (row) => <Time at={row.created_time} /> },
];

function Skills({ agent }: { agent: AgentRow }) {
  return (
    <>
      {!agent.active && <Mark>inactive</Mark>}{" "}
      {agent.skills.map(({ skill, weight }) => `${visible(skill)} ${weight}`).join(" · ")}
    </>
  );
}

const KEY = (row: AgentRow): number => row.id;

function useSort(sort: string, order: string): ServerSort {
  const [, setSearch] = useSearchParams();
  const change = (id: string, desc: boolean): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.set("sort", id);
        after.set("order", desc ? "desc" : "asc");
        after.delete("cursor");
        return after;
      },
      { replace: true },
    );
  };
  return { id: sort, desc: order !== "asc", change };
}

/** All agents; the headings sort them. */
export default function Agents() {
  const [filters, change] = useFilters(FILTERS);
  const page = usePage<AgentRow>("/api/agents", filters, TOPICS);
  const sort = useSort(String(filters["sort"] ?? "id"), String(filters["order"] ?? "desc"));
  const common = { filters, change };
  return (
    <>
      <PageHead title="Agents" actions={<Export resource="agents" filters={filters} />} />
      <Filters filters={filters}>
        <TextFilter label="Words" name="text" size={18} {...common} />
        <TextFilter label="Skill" name="skill" {...common} />
        <ChoiceFilter label="Active" name="active" options={ACTIVE} {...common} />
        <TextFilter label="Owner" name="owner" placeholder="0x…" {...common} />
        <TextFilter label="Parent" name="parent" placeholder="agent's number" {...common} />
      </Filters>
      <Panel title="Agents" bare>
        <Paged query={page} filters={filters}>
          {(items) => (
            <Table
              caption="Agents"
              columns={COLUMNS}
              rows={items}
              rowKey={KEY}
              serverSort={sort}
              empty={<Empty title="No such agent">Register one, or clear the filters.</Empty>}
            />
          )}
        </Paged>
      </Panel>
    </>
  );
}
