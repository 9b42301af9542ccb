import { Link } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { Overview as Data } from "../api/types.ts";
import { BarFigure, fetchDrawings, LineFigure, SankeyFigure } from "../components/Chart.tsx";
import type { Datum } from "../components/ChartFrame.tsx";
import { Conserved } from "../components/Conserved.tsx";
import { Count } from "../components/Count.tsx";
import { Failure, Loaded, Skeleton } from "../components/Feedback.tsx";
import { Money } from "../components/Money.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { State, TASK_STATES } from "../components/State.tsx";
import { CountStat, MoneyStat, Stats } from "../components/Stats.tsx";
import { Ticker } from "../components/Ticker.tsx";
import {
  formatCredits,
  formatNumber,
  formatSpan,
  formatTime,
  shortCredits,
  shortNumber,
} from "../lib/format.ts";
import { TIME } from "../plot/time.ts";
import "./overview.css";

fetchDrawings("sankey", "line", "bar");

const TOPICS = ["overview"];
const WORK = [
  { key: "events", label: "Events", format: formatNumber, colour: 3 },
  { key: "transactions", label: "Transactions", format: formatNumber, colour: 8 },
];
const PAID = [
  { key: "value", label: "Paid for tasks", format: (units: number) => formatCredits(units, 6), colour: 1 },
];

const every = (seconds: number): string => (seconds === 60 ? "minute" : formatSpan(seconds));
const clock = (seconds: number): string => formatTime(seconds).slice(11, 16);
const whole = (units: number): string => formatCredits(units);

/** The market at a glance: what happens, where the credits are, and whether they add up. */
export default function Overview() {
  const overview = useApi<Data>("/api/overview", { topics: TOPICS, every: 30_000 });
  const { data } = overview;
  return (
    <>
      <PageHead title="Overview" beside={data && <Conserved state={data.conservation} />} />
      {data === undefined && overview.error !== null ? (
        <Failure problem={overview.error} retry={() => void overview.refetch()} />
      ) : (
        <div className="grid overview">
          <Panel title="Market" className="overview-stats">
            <Loaded query={overview} lines={2}>
              {(loaded) => <Figures data={loaded} />}
            </Loaded>
          </Panel>
          <section className="panel seven overview-tall" aria-label="Credits flow">
            {data ? (
              <SankeyFigure
                title="Where the credits went"
                caption="Since the beginning, in credits."
                height={318}
                flows={data.sankey}
                label="Credits"
                format={whole}
              />
            ) : (
              <Skeleton lines={12} />
            )}
          </section>
          <Panel
            title="As it happens"
            className="five overview-tall"
            actions={<Link href="/log">All events</Link>}
          >
            <Ticker />
          </Panel>
          <Panel
            title="Tasks by state"
            className="third overview-low"
            actions={<Link href="/tasks">All tasks</Link>}
          >
            <Loaded query={overview} lines={8}>
              {(loaded) => <ByState counts={loaded.tasks.by_state} />}
            </Loaded>
          </Panel>
          <section className="panel third overview-low" aria-label="Throughput">
            {data ? <Throughput data={data} /> : <Skeleton lines={9} />}
          </section>
          <section className="panel third overview-low" aria-label="Paid for tasks">
            {data ? <Paid data={data} /> : <Skeleton lines={9} />}
          </section>
        </div>
      )}
    </>
  );
}

function Figures({ data }: { data: Data }) {
  const { tasks, agents, credits, flows } = data;
  const settled = tasks.by_state.Settled ?? 0;
  return (
    <Stats>
      <CountStat
        label="Tasks"
        figure="tasks.total"
        note={`${formatNumber(settled)} settled`}
        value={tasks.total}
      />
      <CountStat
        label="Agents"
        figure="agents.total"
        note={`${formatNumber(agents.active)} active${agents.indebted > 0 ? `, ${formatNumber(agents.indebted)} in debt` : ""}`}
        value={agents.total}
      />
      <MoneyStat
        label="Paid to agents"
        figure="flows.rewards"
        note={<Note of={flows.fees} text="in fees" />}
        units={flows.rewards}
      />
      <MoneyStat
        label="Spent on thinking"
        figure="flows.thinking"
        note="model calls"
        units={flows.thinking}
      />
      <MoneyStat label="Free credits" figure="credits.free" note="in the ledger" units={credits.free} />
      <MoneyStat
        label="Locked credits"
        figure="credits.locked"
        note="escrow, bonds, channels"
        units={credits.locked}
      />
      <MoneyStat label="Outside" figure="credits.outside" note="in wallets" units={credits.outside} />
      <MoneyStat
        label="Minted"
        figure="credits.minted"
        note={<Note of={credits.destroyed} text="destroyed" />}
        units={credits.minted}
      />
    </Stats>
  );
}

function Note({ of, text }: { of: number; text: string }) {
  return (
    <>
      <Money units={of} /> {text}
    </>
  );
}

function ByState({ counts }: { counts: Data["tasks"]["by_state"] }) {
  const most = Math.max(1, ...Object.values(counts));
  return (
    <ul className="by-state">
      {TASK_STATES.map((state) => {
        const count = counts[state] ?? 0;
        return (
          <li key={state} data-state={state} data-value={count}>
            <Link href={`/tasks?state=${state}`}>
              <State state={state} />
              <span className="by-state-bar" aria-hidden="true">
                <i style={{ width: `${(100 * count) / most}%` }} />
              </span>
              <Count value={count} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Throughput({ data }: { data: Data }) {
  return (
    <LineFigure
      title="Throughput"
      caption={`Events and transactions every ${every(data.bucket)} of chain time.`}
      height={224}
      data={sinceFirst(data.throughput)}
      x={TIME}
      series={WORK}
      short={shortNumber}
      shortX={clock}
    />
  );
}

function Paid({ data }: { data: Data }) {
  return (
    <BarFigure
      title="Paid for tasks"
      caption={`Credits for tasks settled every ${every(data.bucket)}.`}
      height={224}
      data={sinceFirst(data.throughput)}
      x={TIME}
      series={PAID}
      short={shortCredits}
      shortX={clock}
    />
  );
}

const LEAST = 12;

// A young market has not been there for all of the hour that the explorer tells of.
function sinceFirst(points: Data["throughput"]): Datum[] {
  const first = points.findIndex((point) => point.transactions > 0 || point.events > 0);
  const kept = first < 0 ? [] : points.slice(Math.max(0, Math.min(first - 1, points.length - LEAST)));
  return kept.map((point) => ({ ...point }));
}
