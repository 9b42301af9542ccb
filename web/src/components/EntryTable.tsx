import { useMemo, type ReactNode } from "react";

import type { LedgerEntry, Part } from "../api/types.ts";
import { partWords, reasonWords } from "../lib/ledger.ts";
import { Account, TaskLink } from "./Account.tsx";
import { Empty } from "./Feedback.tsx";
import { Tx } from "./Hash.tsx";
import { Money } from "./Money.tsx";
import { Table, type Column } from "./Table.tsx";
import { Time } from "./Time.tsx";

/** The columns that all tables of movements begin and end with; a row whose `of` is null goes on with the one above. */
function around<Row>(of: (row: Row) => LedgerEntry | null, columns: readonly Column<Row>[]): Column<Row>[] {
  const cell = (show: (entry: LedgerEntry) => ReactNode) => (row: Row) => {
    const entry = of(row);
    return entry && show(entry);
  };
  return [
    { id: "time", header: "Time", cell: cell((entry) => <Time at={entry.time} />) },
    { id: "reason", header: "Why", cell: cell((entry) => reasonWords(entry.reason)) },
    ...columns,
    {
      id: "task",
      header: "Task",
      end: true,
      extra: true,
      cell: cell((entry) => <TaskLink id={entry.task} />),
    },
    { id: "tx", header: "Transaction", extra: true, cell: cell((entry) => <Tx hash={entry.tx} />) },
  ];
}

const MOVEMENTS = around<LedgerEntry>(
  (row) => row,
  [
    { id: "from", header: "From", cell: (row) => <Side account={row.account_from} part={row.part_from} /> },
    { id: "to", header: "To", cell: (row) => <Side account={row.account_to} part={row.part_to} /> },
    { id: "amount", header: "Credits", end: true, cell: (row) => <Money units={row.amount} /> },
  ],
);

const KEY = (row: LedgerEntry): number => row.seq;
const EMPTY = <Empty title="No such movement">Credits move when tasks are posted, bid on and paid.</Empty>;

const OF_ONE_TASK = MOVEMENTS.filter((column) => column.id !== "task");

interface EntryTableProps {
  entries: readonly LedgerEntry[];
  /** All belong to one task, which need not be named. */
  ofOneTask?: boolean;
}

/** Movements of credits, each once. */
export function EntryTable({ entries, ofOneTask = false }: EntryTableProps) {
  const columns = ofOneTask ? OF_ONE_TASK : MOVEMENTS;
  return <Table caption="Movements of credits" columns={columns} rows={entries} rowKey={KEY} empty={EMPTY} />;
}

/** A movement as one account has it. */
interface Line {
  entry: LedgerEntry;
  came: boolean;
  went: boolean;
  /** What the account had afterwards, in units. */
  free: number | null;
  locked: number | null;
}

const STATEMENT = around<Line>(
  ({ entry }) => entry,
  [
    { id: "with", header: "With", wide: true, cell: (line) => <Other line={line} /> },
    {
      id: "in",
      header: "In",
      end: true,
      cell: ({ entry, came, went }) => (came && !went ? <Money units={entry.amount} /> : null),
    },
    {
      id: "out",
      header: "Out",
      end: true,
      cell: ({ entry, came, went }) => (went && !came ? <Money units={entry.amount} /> : null),
    },
    { id: "free", header: "Free then", end: true, cell: ({ free }) => <Money units={free} /> },
    { id: "locked", header: "Locked then", end: true, cell: ({ locked }) => <Money units={locked} /> },
  ],
);

const LINE_KEY = (line: Line): number => line.entry.seq;

function Other({ line: { entry, came, went } }: { line: Line }) {
  if (came && went) {
    return (
      <span className="muted">
        <Money units={entry.amount} /> {entry.part_from && partWords(entry.part_from)} →{" "}
        {entry.part_to && partWords(entry.part_to)}
      </span>
    );
  }
  if (went) return <Side account={entry.account_to} part={entry.part_to} />;
  return <Side account={entry.account_from} part={entry.part_from} />;
}

/** The statement of one account: what came in, what went out, what moved between its parts, what it then had. */
export function Statement({ account, entries }: { account: string; entries: readonly LedgerEntry[] }) {
  const lines = useMemo(() => {
    const mine = (side: string | null): boolean => side?.toLowerCase() === account.toLowerCase();
    return entries.map((entry): Line => {
      const [came, went] = [mine(entry.account_to), mine(entry.account_from)];
      return came
        ? { entry, came, went, free: entry.to_free, locked: entry.to_locked }
        : { entry, came, went, free: entry.from_free, locked: entry.from_locked };
    });
  }, [account, entries]);
  return <Table caption="Statement" columns={STATEMENT} rows={lines} rowKey={LINE_KEY} empty={EMPTY} />;
}

function Side({ account, part }: { account: string | null; part: Part | null }) {
  if (account === null) return <span className="muted">{part ? partWords(part) : "–"}</span>;
  return (
    <>
      <Account account={account} ledger /> {part && <span className="muted part">{partWords(part)}</span>}
    </>
  );
}

interface Posting {
  key: string;
  entry: LedgerEntry;
  /** The first line of a movement is what it lowers, the second what it raises. */
  second: boolean;
  account: string | null;
  part: Part | null;
}

const POSTINGS = around<Posting>(
  (row) => (row.second ? null : row.entry),
  [
    {
      id: "account",
      header: "Account",
      wide: true,
      cell: (row) => <Side account={row.account} part={row.part} />,
    },
    {
      id: "debit",
      header: "Lowered by",
      end: true,
      cell: (row) => (row.second ? null : <Money units={row.entry.amount} />),
    },
    {
      id: "credit",
      header: "Raised by",
      end: true,
      cell: (row) => (row.second ? <Money units={row.entry.amount} /> : null),
    },
  ],
);

const POSTING_KEY = (row: Posting): string => row.key;
const SECOND = (row: Posting): boolean => row.second;

/** Each movement as two lines: the account that it lowers and the one that it raises. Both columns add up to the same. */
export function DoubleEntry({ entries }: { entries: readonly LedgerEntry[] }) {
  const postings = entries.flatMap((entry): Posting[] => [
    { key: `${entry.seq}-`, entry, second: false, account: entry.account_from, part: entry.part_from },
    { key: `${entry.seq}+`, entry, second: true, account: entry.account_to, part: entry.part_to },
  ]);
  const sum = entries.reduce((total, entry) => total + entry.amount, 0);
  return (
    <>
      <Table
        caption="Movements as double entries"
        columns={POSTINGS}
        rows={postings}
        rowKey={POSTING_KEY}
        ruled={SECOND}
        empty={EMPTY}
      />
      <p className="sums">
        <span className="muted">On this page, lowered</span> <Money units={sum} />
        <span className="muted">, raised</span> <Money units={sum} />
      </p>
    </>
  );
}
