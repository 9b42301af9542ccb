import { useId, useState, type ReactNode } from "react";

import { formatNumber } from "../lib/format.ts";

/** A column of the table that stands for a chart. */
export interface FigureColumn {
  key: string;
  label: string;
  format?: (value: number) => string;
}

export type Datum = Readonly<Record<string, number | string | null>>;

interface ChartFrameProps {
  title: string;
  /** What the chart shows, in a sentence: units, and what one point is. */
  caption: string;
  /** Height of the chart in pixels, which its table keeps. */
  height?: number | undefined;
  columns: readonly FigureColumn[];
  rows: readonly Datum[];
  children: ReactNode;
}

/** What a chart and its table show of a value. */
export function figureText(value: number | string | null | undefined, column: FigureColumn): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  return column.format ? column.format(value) : formatNumber(value);
}

/** A chart with its caption, and a switch to a table of the same figures. */
export function ChartFrame({ title, caption, height = 220, columns, rows, children }: ChartFrameProps) {
  const [table, setTable] = useState(false);
  const id = useId();
  return (
    <figure className="figure" aria-labelledby={id}>
      <figcaption id={id}>
        <span className="figure-title">{title}</span> <span className="muted">{caption}</span>
      </figcaption>
      <button
        type="button"
        className="quiet figure-switch"
        aria-pressed={table}
        onClick={() => setTable(!table)}
      >
        {table ? "Chart" : "Table"}
      </button>
      <div className="figure-body" style={{ height }}>
        {rows.length === 0 ? (
          <p className="figure-empty muted">Nothing to draw yet.</p>
        ) : table ? (
          <FigureTable title={title} columns={columns} rows={rows} />
        ) : (
          <div className="figure-drawing" role="img" aria-label={`${title}. ${caption}`}>
            {children}
          </div>
        )}
      </div>
    </figure>
  );
}

type FigureTableProps = Pick<ChartFrameProps, "title" | "columns" | "rows">;

function FigureTable({ title, columns, rows }: FigureTableProps) {
  return (
    <div className="table-frame figure-table" tabIndex={0} role="group" aria-label={title}>
      <table>
        <caption className="hidden">{title}</caption>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th
                key={column.key}
                scope="col"
                className={at > 0 && isFigure(rows, column) ? "end" : undefined}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {columns.map((column, at) => (
                <td
                  key={column.key}
                  className={at > 0 && isFigure(rows, column) ? "end" : undefined}
                  data-value={row[column.key] ?? undefined}
                >
                  {figureText(row[column.key], column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isFigure(rows: readonly Datum[], column: FigureColumn): boolean {
  return rows.some((row) => typeof row[column.key] === "number");
}
