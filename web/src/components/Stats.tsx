import type { ReactNode } from "react";

import { Count } from "./Count.tsx";
import { Money } from "./Money.tsx";

interface StatProps {
  label: string;
  /** A name for the figure that does not change with its label. */
  figure?: string;
  note?: ReactNode;
  children: ReactNode;
}

/** One figure with its name, in a row of them. */
export function Stat({ label, figure, note, children }: StatProps) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd data-figure={figure}>
        {children}
        {note && <span className="stat-note muted">{note}</span>}
      </dd>
    </div>
  );
}

/** An amount with its name. */
export function MoneyStat({ units, ...props }: Omit<StatProps, "children"> & { units: number }) {
  return (
    <Stat {...props}>
      <Money units={units} />
    </Stat>
  );
}

/** A number with its name. */
export function CountStat({ value, ...props }: Omit<StatProps, "children"> & { value: number }) {
  return (
    <Stat {...props}>
      <Count value={value} />
    </Stat>
  );
}

/** A row of figures. */
export function Stats({ children }: { children: ReactNode }) {
  return <dl className="stats">{children}</dl>;
}
