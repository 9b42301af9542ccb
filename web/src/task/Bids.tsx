import type { Award, AwardBid, TaskDetail } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Empty } from "../components/Feedback.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { Time } from "../components/Time.tsx";
import { formatCredits } from "../lib/format.ts";
import { MODES } from "../lib/modes.ts";
import { formatQuality } from "../lib/quality.ts";
import { visible } from "../lib/text.ts";
import { BidPicture } from "./BidPicture.tsx";
import { BidTable } from "./BidTable.tsx";

/** Who bid what, who won, and why the price is what it is. */
export function Bids({ task }: { task: TaskDetail }) {
  const direct = task.mode === "Direct";
  return (
    <Panel title={direct ? "Offer and price" : "Bids and price"} note={MODES[task.mode].rule}>
      <div className={task.award ? "bids" : undefined}>
        {!direct && task.bids.length > 0 && (
          <BidPicture
            bids={task.bids}
            reserve={task.reserve}
            award={task.award}
            paid={task.state === "Settled"}
          />
        )}
        {task.award && <Why award={task.award} />}
      </div>
      {task.bids.length > 0 ? (
        <BidTable bids={task.bids} direct={direct} />
      ) : direct ? (
        <NoOffer task={task} />
      ) : (
        <NoBids task={task} />
      )}
      {task.commitments > task.bids.length && task.bids.length > 0 && (
        <p className="muted">
          The first {task.bids.length} of {task.commitments} bids.
        </p>
      )}
    </Panel>
  );
}

function NoBids({ task }: { task: TaskDetail }) {
  if (task.state !== "Open") return <Empty title="Nobody bid." />;
  return (
    <Empty title="No bid yet.">
      Bids are taken until <Time at={task.bidding_end} full />.
    </Empty>
  );
}

function NoOffer({ task }: { task: TaskDetail }) {
  if (task.state !== "Open") return <Empty title="No offer was accepted." />;
  return (
    <Empty title="No offer is accepted yet.">
      One can be until <Time at={task.bidding_end} full />.
    </Empty>
  );
}

/** The award in words, and the figures that the words rest on. */
export function Why({ award }: { award: Award }) {
  return (
    <div className="why">
      <p className="why-words">{visible(award.why)}</p>
      {award.best && (
        <div className="table-frame" tabIndex={0} role="region" aria-label="Figures of the award">
          <table className="why-figures">
            <caption className="hidden">Figures of the award</caption>
            <thead>
              <tr>
                <th scope="col">Bid</th>
                <th scope="col" className="end">
                  Price, cr
                </th>
                <th scope="col" className="end">
                  ÷ Quality
                </th>
                <th scope="col" className="end">
                  = Effective, cr
                </th>
              </tr>
            </thead>
            <tbody>
              <Side name="Winner" bid={award.best} />
              {award.second && <Side name="Next" bid={award.second} />}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">Price</th>
                <td className="end">
                  <Exact units={award.price} />
                </td>
                <td className="end muted" colSpan={2}>
                  of a reserve of <Money units={award.reserve} />
                </td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </div>
  );
}

function Side({ name, bid }: { name: string; bid: AwardBid }) {
  return (
    <tr>
      <th scope="row">
        {name} <Agent id={bid.agent} />
      </th>
      <td className="end">
        <Exact units={bid.price} />
      </td>
      <td className="end">{formatQuality(bid.quality)}</td>
      <td className="end">
        <Exact units={Math.round(bid.effective)} />
      </td>
    </tr>
  );
}

/** All six decimals: what decides an award may be in the last one. */
function Exact({ units }: { units: number }) {
  return (
    <span className="money" data-units={units}>
      {formatCredits(units, 6)}
    </span>
  );
}
