import { useParams } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { Governance as Whole } from "../api/types.ts";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { Pager, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { formatSpan } from "../lib/format.ts";
import "../governance/governance.css";
import { Locks } from "../governance/Locks.tsx";
import { ParameterHistory, Parameters } from "../governance/Parameters.tsx";
import { ProposalList } from "../governance/ProposalList.tsx";
import { ProposalPage } from "../governance/ProposalPage.tsx";

const TOPICS = ["governance"];
const NAMES: readonly string[] = [];

/** What the market's rules are and how they change, or one proposal. */
export default function Governance() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <Rules /> : <ProposalPage id={id} />;
}

function Rules() {
  const [filters] = useFilters(NAMES);
  const governance = useApi<Whole>("/api/governance", { params: filters, topics: TOPICS, keep: true });
  return (
    <>
      <PageHead title="Governance" note={noteOf(governance.data)} />
      <Loaded query={governance} lines={16}>
        {(whole) => (
          <>
            <Panel title="Proposals">
              {whole.proposals.length === 0 ? (
                <Empty title="No proposal yet">Whoever has enough votes can propose new parameters.</Empty>
              ) : (
                <ProposalList proposals={whole.proposals} />
              )}
              {(whole.next !== null || filters["cursor"] !== undefined) && (
                <Pager next={whole.next} shown={whole.proposals.length} filters={filters} />
              )}
            </Panel>
            <div className="grid pair">
              <Parameters governance={whole} />
              <ParameterHistory history={whole.history} />
            </div>
            <Locks locks={whole.locks} />
          </>
        )}
      </Loaded>
    </>
  );
}

function noteOf(governance: Whole | undefined): string {
  const delay = governance?.timelock_delay ?? null;
  const wait = delay === null ? "a delay" : formatSpan(delay);
  return `Votes change the terms of new tasks only, within fixed bounds; what passes waits ${wait} in a timelock.`;
}
