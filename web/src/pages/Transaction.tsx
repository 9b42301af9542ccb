import { useParams } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { TransactionDetail } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Count } from "../components/Count.tsx";
import { Arguments } from "../components/Decoded.tsx";
import { EventTable } from "../components/EventTable.tsx";
import { Empty, Loaded } from "../components/Feedback.tsx";
import { BlockLink, Hash } from "../components/Hash.tsx";
import { Facts, PageHead, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Time } from "../components/Time.tsx";
import { formatEther, formatNumber, shorten, words } from "../lib/format.ts";

/** One transaction: what was called, what it did, and why it failed. */
export default function Transaction() {
  const { hash } = useParams<{ hash: string }>();
  const transaction = useApi<TransactionDetail>(`/api/transactions/${encodeURIComponent(hash)}`);
  const { data } = transaction;
  return (
    <>
      <PageHead
        title={`Transaction ${shorten(hash)}`}
        beside={
          data && <Mark tone={data.succeeded ? "good" : "bad"}>{data.succeeded ? "done" : "undone"}</Mark>
        }
      />
      <Loaded query={transaction} lines={14}>
        {(loaded) => <Parts transaction={loaded} />}
      </Loaded>
    </>
  );
}

function Parts({ transaction }: { transaction: TransactionDetail }) {
  const { call, custom_error: error, events } = transaction;
  const called = call.function ? `${call.contract ?? "?"}.${call.function}` : "A call that is not known here";
  return (
    <>
      {error && (
        <Panel
          title={`Undone: ${error.error === null ? "for a reason that is not known here" : words(error.error)}`}
          note={error.error}
        >
          {error.error !== null && <Arguments items={error.arguments} />}
          {error.data !== null && <Hash value={error.data} kept={20} copy />}
        </Panel>
      )}
      <Panel title="Where and who">
        <Facts
          items={[
            ["Block", <BlockLink number={transaction.block} />],
            ["Time", <Time at={transaction.time} full />],
            ["Sender", <Account account={transaction.sender} />],
            ["To", <Account account={transaction.to} />],
            ["Gas used of limit", <GasUse used={transaction.gas_used} limit={transaction.gas} />],
            ["Fee", formatEther(transaction.fee)],
            ["Value", formatEther(transaction.value)],
            ["Nonce", <Count value={transaction.nonce} />],
            ["Place in the block", <Count value={transaction.position} />],
            ["Hash", <Hash value={transaction.hash} kept={8} copy />],
          ]}
        />
      </Panel>
      <Panel title={called} note="The call, decoded.">
        <Arguments items={call.arguments} />
      </Panel>
      <Panel title="Events" note="What it did, in order; each line opens.">
        {events.length > 0 ? <EventTable events={events} within /> : <Empty title="It left no events" />}
      </Panel>
    </>
  );
}

function GasUse({ used, limit }: { used: number; limit: number }) {
  return (
    <>
      <Count value={used} /> <span className="muted">of {formatNumber(limit)}</span>
    </>
  );
}
