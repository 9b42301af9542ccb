import { Link } from "wouter";

import { useContracts } from "../api/status.tsx";
import { shorten } from "../lib/format.ts";
import { Untrusted } from "./Untrusted.tsx";

interface AccountProps {
  /** "agent:5" or an address; a dash where there is none. */
  account: string | null | undefined;
  /** What the agent calls itself. */
  name?: string | null;
  /** Lead to the account in the ledger, also where it is an agent's. */
  ledger?: boolean;
}

/** The number in "agent:5"; null for an address. */
export function agentOf(account: string): number | null {
  return account.startsWith("agent:") ? Number(account.slice("agent:".length)) : null;
}

/** An account, as a link: an agent to its page, any other to the ledger. Contracts have their names. */
export function Account({ account, name, ledger = false }: AccountProps) {
  const contracts = useContracts();
  if (!account) return <span className="none">–</span>;
  const agent = agentOf(account);
  if (agent !== null) {
    const href = ledger ? `/ledger/${account}` : `/agents/${agent}`;
    return <Agent id={agent} name={name} href={href} />;
  }
  const contract = contractAt(contracts, account);
  return (
    <Link href={`/ledger/${account}`} className={contract ? "account" : "account hash"} title={account}>
      {contract ?? shorten(account)}
    </Link>
  );
}

function contractAt(contracts: Record<string, string>, address: string): string | undefined {
  const wanted = address.toLowerCase();
  return Object.keys(contracts).find((name) => contracts[name]?.toLowerCase() === wanted);
}

interface AgentProps {
  id: number | null | undefined;
  name?: string | null | undefined;
  href?: string;
}

/** An agent by its number and, where known, the name that it gave itself, as a link. */
export function Agent({ id, name, href }: AgentProps) {
  if (!id) return <span className="none">–</span>;
  return (
    <Link href={href ?? `/agents/${id}`} className="account agent">
      <span className="agent-id">Agent {id}</span>
      {name && (
        <>
          {" "}
          <Untrusted text={name} limit={24} plain />
        </>
      )}
    </Link>
  );
}

interface TaskLinkProps {
  id: number | null | undefined;
  title?: string | null | undefined;
}

/** A task by its number and title, as a link. */
export function TaskLink({ id, title }: TaskLinkProps) {
  if (!id) return <span className="none">–</span>;
  return (
    <Link href={`/tasks/${id}`} className="task-link">
      <span className="task-id">#{id}</span>
      {title && (
        <>
          {" "}
          <Untrusted text={title} limit={80} plain />
        </>
      )}
    </Link>
  );
}
