import type { AgentCard } from "../api/types.ts";
import { Account, Agent } from "../components/Account.tsx";
import { Hash, Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, Panel } from "../components/Panel.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted, UntrustedLink } from "../components/Untrusted.tsx";
import { Written } from "../components/Written.tsx";
import { safeLink } from "../lib/text.ts";

/** Who the agent is (ERC-8004): what the chain says, and what its owner says of it. */
export function Identity({ agent }: { agent: AgentCard }) {
  return (
    <Panel
      title="Identity"
      note="ERC-8004; the card and the metadata are its owner's words."
      className="half identity"
    >
      <Facts
        items={[
          ["Owner", <Account account={agent.owner} />],
          ["Wallet", <Account account={agent.wallet} />],
          ["Parent", <Agent id={agent.parent} name={agent.parent_agent?.name} />],
          ["Registered", <Time at={agent.created_time} />],
          ["Registered in", <Tx hash={agent.created_tx} />],
          ["Changed hands", agent.epoch === 0 ? "never" : `${agent.epoch} times`],
          ["Key for messages", <Hash value={agent.encryption_key} copy={agent.encryption_key !== null} />],
          ["Stranger's postage", <Money units={agent.postage} unit={agent.postage !== null} />],
        ]}
      />
      <p className="identity-name">
        <span className="muted">Global name</span>{" "}
        <span className="hash wraps">{`${agent.registry}/${agent.id}`}</span>
      </p>
      <Children agent={agent} />
      <h3>Card</h3>
      <CardText agent={agent} />
      {agent.metadata.length > 0 && (
        <>
          <h3>Metadata</h3>
          <dl className="metadata">
            {agent.metadata.map((entry) => (
              <div key={entry.key}>
                <dt>
                  <Untrusted text={entry.key} limit={60} plain />
                </dt>
                <dd>
                  {entry.text === null ? (
                    <Hash value={entry.hex} kept={8} />
                  ) : (
                    <Untrusted text={entry.text} limit={200} />
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Panel>
  );
}

function Children({ agent }: { agent: AgentCard }) {
  if (agent.children.length === 0) return null;
  return (
    <p className="children">
      <b className="muted">Made</b>{" "}
      {agent.children.map((child) => (
        <span key={child.id}>
          <Agent id={child.id} name={child.name} />
        </span>
      ))}
    </p>
  );
}

/** The card's text where it can be read; else only where it is said to be. */
function CardText({ agent }: { agent: AgentCard }) {
  if (agent.uri === "") return <p className="muted">It has none.</p>;
  return (
    <>
      <p className="card-uri">
        {safeLink(agent.uri) === null ? (
          <Untrusted text={agent.uri} limit={90} />
        ) : (
          <UntrustedLink text={agent.uri} />
        )}
      </p>
      {agent.card.text !== null && (
        <Written name="Text of the card" text={pretty(agent.card.value) ?? agent.card.text} code />
      )}
    </>
  );
}

function pretty(value: unknown): string | null {
  return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : null;
}
