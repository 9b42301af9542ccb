import {
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Row as TableRow,
  type SortingState,
} from "@tanstack/react-table";
import { memo, useMemo, useState, type ReactNode } from "react";

/** A column: what a cell shows, and by what it is sorted, if it can be. */
export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The value that the rows are sorted by when the heading is pressed; none: the column cannot be sorted. */
  sort?: (row: Row) => number | string | null;
  /** Figures stand at the end of their cell. */
  end?: boolean;
  /** Takes the room that is left, and is cut off rather than widening the table. */
  wide?: boolean;
  /** Left out where the page is narrow. */
  extra?: boolean;
  /** Left out where the page is not wide. */
  spare?: boolean;
}

/** The order of rows that the explorer sorted, and how to ask for another. */
export interface ServerSort {
  id: string;
  desc: boolean;
  change: (id: string, desc: boolean) => void;
}

interface TableProps<Row> {
  /** What the table holds, for those who hear it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** Given where the explorer sorts: a column's `sort` then only says that it may be sorted by. */
  serverSort?: ServerSort;
  /** What stands in the place of no rows. */
  empty?: ReactNode;
  /** Marks a row, for instance the winner's. */
  marked?: (row: Row) => boolean;
  /** Whether a line is drawn under a row; under each by default. */
  ruled?: (row: Row) => boolean;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});
type Features = typeof features;

function useRows<Row extends object>(props: TableProps<Row>) {
  const { columns, rows, rowKey, serverSort } = props;
  const [own, setOwn] = useState<SortingState>([]);
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<Features, Row> => ({
        id: column.id,
        header: column.header,
        accessorFn: (row): unknown => column.sort?.(row) ?? undefined,
        enableSorting: column.sort !== undefined,
        sortUndefined: "last",
      })),
    [columns],
  );
  const sorting = serverSort ? [{ id: serverSort.id, desc: serverSort.desc }] : own;
  return useTable<Features, Row>({
    features,
    columns: definitions,
    data: rows,
    getRowId: (row) => String(rowKey(row)),
    manualSorting: serverSort !== undefined,
    enableSortingRemoval: serverSort === undefined,
    state: { sorting },
    onSortingChange: (change) => {
      const next = typeof change === "function" ? change(sorting) : change;
      const first = next[0];
      if (!serverSort) setOwn(next);
      else if (first) serverSort.change(first.id, first.desc);
    },
  });
}

/** A table of rows; it scrolls sideways by itself where it is wider than the page. */
export function Table<Row extends object>(props: TableProps<Row>) {
  const { caption, columns, rows, empty, marked, ruled } = props;
  const table = useRows(props);
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {table.getFlatHeaders().map((header, at) => {
              const column = columns[at];
              if (column === undefined) return null;
              const order = header.column.getIsSorted();
              return (
                <th key={header.id} scope="col" className={classOf(column)} aria-sort={ariaSort(order)}>
                  {column.sort ? (
                    <button
                      type="button"
                      className="sorter"
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      {column.header}
                      <span aria-hidden="true">{order === "asc" ? "↑" : order === "desc" ? "↓" : ""}</span>
                    </button>
                  ) : (
                    column.header
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row: TableRow<Features, Row>) => (
            <Line
              key={row.id}
              row={row.original}
              columns={columns as readonly Column<unknown>[]}
              marked={marked?.(row.original) ?? false}
              ruled={ruled?.(row.original) ?? true}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  row: unknown;
  columns: readonly Column<unknown>[];
  marked: boolean;
  ruled: boolean;
}

// A row that did not change is not drawn again: answers keep the identity of what is equal in them.
const Line = memo(function Line({ row, columns, marked, ruled }: LineProps) {
  const names = [marked && "marked", !ruled && "unruled"].filter(Boolean).join(" ");
  return (
    <tr className={names || undefined}>
      {columns.map((column) => (
        <td key={column.id} className={classOf(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
});

function classOf(column: Column<never>): string | undefined {
  const names = [
    column.end && "end",
    column.wide && "wide",
    column.extra && "extra",
    column.spare && "spare",
  ].filter(Boolean);
  return names.length > 0 ? names.join(" ") : undefined;
}

function ariaSort(order: false | "asc" | "desc"): "ascending" | "descending" | undefined {
  return order === false ? undefined : order === "asc" ? "ascending" : "descending";
}
