import type { Evaluation as Found, Panel as Jury, PanelSeat, TaskDetail } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { Table, type Column } from "../components/Table.tsx";
import { Time } from "../components/Time.tsx";

const WHO: Record<Found["by"], string> = {
  requester: "the requester itself",
  pool: "a panel of the evaluator pool",
  account: "an account that the requester named",
};

/** What was found about the result, by whom, and how far it was contested. */
export function Evaluation({ task }: { task: TaskDetail }) {
  const found = task.evaluation;
  return (
    <Panel title="Evaluation" note={`By ${WHO[found.by]}.`} className="half">
      <Score found={found} ended={task.ended_time !== null} />
      <Facts
        items={[
          ["Evaluator", <Account account={found.evaluator} />],
          ["Scored by", found.scored_by === "panel" ? "A panel" : <Account account={found.scored_by} />],
          ["Lateness", found.score === null ? "–" : `${found.lateness} % of the slack`],
          ["Contested", contested(found)],
        ]}
      />
      {found.panels.map((jury) => (
        <PanelVotes key={`${jury.case}-${jury.round}`} jury={jury} />
      ))}
    </Panel>
  );
}

function contested(found: Found): string {
  if (found.appealed) return "disputed, and appealed";
  return found.disputed ? "disputed" : "no";
}

/** The score on a scale of 100, with the mark that has to be reached. */
function Score({ found, ended }: { found: Found; ended: boolean }) {
  const { score, passing_score: passing } = found;
  const words = found.silent
    ? "Nobody spoke: paid by silence."
    : ended
      ? "It was never scored."
      : "No score yet.";
  return (
    <div className="score" data-score={score ?? undefined}>
      <p className="score-figure">
        {score === null ? "–" : score}
        <span className="muted"> of 100</span>
        {found.passed !== null && (
          <Mark tone={found.passed ? "good" : "bad"}>{found.passed ? "Passed" : "Failed"}</Mark>
        )}
        {score === null && <span className="muted score-words">{words}</span>}
      </p>
      <div className="score-scale" aria-hidden="true">
        <i className={found.passed === false ? "bad" : "good"} style={{ width: `${score ?? 0}%` }} />
        <b style={{ left: `${passing}%` }} />
      </div>
      <p className="muted score-passing">{passing} passes</p>
    </div>
  );
}

const SEATS: readonly Column<PanelSeat>[] = [
  { id: "seat", header: "Seat", cell: (seat) => seat.seat, end: true },
  { id: "holder", header: "Holder", cell: (seat) => <Account account={seat.holder} /> },
  { id: "score", header: "Score", cell: voteOf, end: true },
  { id: "paid", header: "Paid, cr", cell: (seat) => <Money units={seat.paid} />, end: true },
  { id: "slashed", header: "Lost, cr", cell: (seat) => <Money units={seat.slashed} />, end: true },
];

function voteOf(seat: PanelSeat): string {
  if (seat.score !== null) return String(seat.score);
  return seat.committed ? "sealed" : "–";
}

function PanelVotes({ jury }: { jury: Jury }) {
  const about = jury.entrant === null ? "" : ` on agent ${jury.entrant}'s entry`;
  const name = `Panel of ${jury.size}${about}${jury.round > 1 ? `, round ${jury.round}` : ""}`;
  return (
    <div className="jury">
      <h3>
        {name}
        {": "}
        {jury.decided === null ? "open" : jury.decided ? `the median is ${jury.score ?? "–"}` : "no quorum"}
      </h3>
      <p className="muted">
        {jury.decided === false ? (
          "Its fee is paid to nobody."
        ) : (
          <>
            Together paid <Money units={jury.fee} unit />. {!jury.drawn && "Not drawn yet."}
          </>
        )}
        {jury.decided === null && jury.reveal_end !== null && (
          <>
            Votes are shown until <Time at={jury.reveal_end} full />.
          </>
        )}
      </p>
      {jury.seats.length > 0 && (
        <Table caption={name} columns={SEATS} rows={jury.seats} rowKey={(seat) => seat.seat} />
      )}
    </div>
  );
}
