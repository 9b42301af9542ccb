import type { ReactNode } from "react";

import type { Argument } from "../api/types.ts";
import { Account } from "./Account.tsx";
import { Hash } from "./Hash.tsx";
import { Untrusted } from "./Untrusted.tsx";

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;

/** One value as the ABI has it: addresses and hashes are shortened, anything else is shown as data. */
export function Value({ value }: { value: unknown }): ReactNode {
  if (typeof value === "number" || typeof value === "boolean") return <span>{String(value)}</span>;
  if (typeof value === "string") {
    if (ADDRESS.test(value)) return <Account account={value} />;
    if (HASH.test(value)) return <Hash value={value} kept={8} />;
    return <Untrusted text={value === "" ? '""' : value} limit={240} />;
  }
  if (Array.isArray(value)) {
    return (
      <ol className="values">
        {value.map((one, at) => (
          <li key={at}>
            <Value value={one} />
          </li>
        ))}
        {value.length === 0 && <li className="muted">none</li>}
      </ol>
    );
  }
  if (value === null || value === undefined) return <span className="none">–</span>;
  return <Named items={Object.entries(value).map(([name, one]) => [name, undefined, one] as const)} />;
}

/** The arguments of a call or of an error, structs within them indented. */
export function Arguments({ items }: { items: readonly Argument[] | null }) {
  if (items === null) return <p className="muted">They cannot be read, or are too large to show.</p>;
  return <Named items={items.map(({ name, type, value }) => [name, type, value] as const)} />;
}

/** The arguments of an event. */
export function EventArguments({ items }: { items: Record<string, unknown> }) {
  return <Named items={Object.entries(items).map(([name, value]) => [name, undefined, value] as const)} />;
}

function Named({ items }: { items: readonly (readonly [string, string | undefined, unknown])[] }) {
  if (items.length === 0) return <span className="muted">no arguments</span>;
  return (
    <dl className="arguments">
      {items.map(([name, type, value], at) => (
        <div key={`${at} ${name}`}>
          <dt title={type}>{name || at}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
