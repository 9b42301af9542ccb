import { Link, useParams } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { BlockDetail } from "../api/types.ts";
import { Count } from "../components/Count.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { Hash } from "../components/Hash.tsx";
import { Facts, PageHead, Panel } from "../components/Panel.tsx";
import { Time } from "../components/Time.tsx";
import { TransactionTable } from "../components/TransactionTable.tsx";
import { formatGwei, formatNumber } from "../lib/format.ts";

/** One block, by number or hash, and its transactions. */
export default function Block() {
  const { id } = useParams<{ id: string }>();
  // It changes only with a reorganisation, after which everything is asked for again.
  const block = useApi<BlockDetail>(`/api/blocks/${encodeURIComponent(id)}`);
  const number = block.data?.number;
  return (
    <>
      <PageHead
        title={number === undefined ? "Block" : `Block ${formatNumber(number)}`}
        actions={
          number !== undefined && (
            <>
              {number > 0 && (
                <Link className="button" href={`/blocks/${number - 1}`}>
                  Earlier
                </Link>
              )}
              <Link className="button" href={`/blocks/${number + 1}`}>
                Later
              </Link>
            </>
          )
        }
      />
      <Loaded query={block} lines={12}>
        {(data) => (
          <>
            <Panel title="Block">
              <Facts
                items={[
                  ["Time", <Time at={data.time} full />],
                  ["Market transactions", <Count value={data.transactions} />],
                  ["All transactions", <Count value={data.transactions_total} />],
                  ["Events", <Count value={data.events} />],
                  ["Base fee", formatGwei(data.base_fee)],
                  ["Hash", <Hash value={data.hash} kept={8} copy />],
                  ["Parent", <Hash value={data.parent} kept={8} href={`/blocks/${data.parent}`} />],
                ]}
              />
            </Panel>
            <Panel title="Market transactions">
              <TransactionTable transactions={data.market_transactions} />
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}
