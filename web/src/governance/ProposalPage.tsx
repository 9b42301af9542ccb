import { useApi } from "../api/hooks.ts";
import type { ProposalDetail, ProposedCall, Vote } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Arguments } from "../components/Decoded.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { BlockLink, Hash, Tx } from "../components/Hash.tsx";
import { Facts, PageHead, Panel } from "../components/Panel.tsx";
import { Mark, type Tone } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { Written } from "../components/Written.tsx";
import { formatNumber, shortCredits, shorten, words } from "../lib/format.ts";
import { ProposalState, Tally } from "./Tally.tsx";

const TOPICS = ["governance"];

/** A proposal: what it would do, who voted how, and when it takes effect. */
export function ProposalPage({ id }: { id: string }) {
  const path = `/api/governance/proposals/${encodeURIComponent(id)}`;
  const proposal = useApi<ProposalDetail>(path, { topics: TOPICS });
  return (
    <>
      <PageHead
        title={`Proposal ${shorten(id, 6)}`}
        beside={proposal.data && <ProposalState state={proposal.data.state} />}
        note={proposal.data && <Untrusted text={proposal.data.title} limit={160} plain />}
      />
      <Loaded query={proposal} lines={16}>
        {(found) => (
          <>
            <Panel title="Votes">
              <Tally proposal={found} />
              <Table
                caption="Votes cast"
                columns={VOTES}
                rows={found.votes}
                rowKey={(vote) => vote.voter}
                empty={<p className="muted">Nobody has voted yet.</p>}
              />
            </Panel>
            <Times proposal={found} />
            <Panel title="Text" note="The proposer's words; what counts are the calls below.">
              <Written name="Text of the proposal" text={found.description} />
            </Panel>
            <Panel title="Calls" note="What the timelock does if the proposal passes, in this order.">
              <ol className="calls">
                {found.calls.map((call, nth) => (
                  <OneCall key={nth} call={call} />
                ))}
              </ol>
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}

function Times({ proposal }: { proposal: ProposalDetail }) {
  return (
    <Panel title="Way">
      <Facts
        items={[
          ["Proposer", <Account account={proposal.proposer} />],
          ["Proposed", <Time at={proposal.created_time} full />],
          ["Votes from", <Time at={proposal.vote_start} full />],
          ["Votes until", <Time at={proposal.vote_end} full />],
          ["Can be executed from", <Time at={proposal.eta} full />],
          ["Last change in", <Tx hash={proposal.tx} />],
          ["Block", <BlockLink number={proposal.block} />],
          ["Id", <Hash value={proposal.id} kept={6} copy />],
        ]}
      />
    </Panel>
  );
}

function OneCall({ call }: { call: ProposedCall }) {
  return (
    <li>
      <p className="call-name">
        <Account account={call.target} />{" "}
        {call.function === null ? (
          <span className="muted">a call that no ABI here has</span>
        ) : (
          <code>{call.function}</code>
        )}
        {call.value !== "0" && <span className="muted"> with {call.value} wei</span>}
      </p>
      <Arguments items={call.arguments} />
    </li>
  );
}

const SUPPORT: Record<Vote["support"], Tone> = { for: "good", against: "bad", abstain: "neutral" };

const VOTES: readonly Column<Vote>[] = [
  { id: "voter", header: "Voter", cell: (vote) => <Account account={vote.voter} /> },
  {
    id: "support",
    header: "Vote",
    cell: (vote) => <Mark tone={SUPPORT[vote.support]}>{words(vote.support)}</Mark>,
  },
  {
    id: "weight",
    header: "Weight, votes",
    end: true,
    cell: (vote) => <span title={formatNumber(vote.weight)}>{shortCredits(vote.weight)}</span>,
    sort: (vote) => vote.weight,
  },
  {
    id: "reason",
    header: "Reason",
    cell: (vote) => <Untrusted text={vote.reason} limit={160} plain />,
    wide: true,
  },
  { id: "time", header: "When", cell: (vote) => <Time at={vote.time} />, sort: (vote) => vote.time },
  { id: "tx", header: "Transaction", cell: (vote) => <Tx hash={vote.tx} />, extra: true },
];
