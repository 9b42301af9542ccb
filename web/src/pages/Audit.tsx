import { useApi } from "../api/hooks.ts";
import type { Audit as Data, AuditReport, Overview } from "../api/types.ts";
import { Conserved } from "../components/Conserved.tsx";
import { Loaded } from "../components/Feedback.tsx";
import { BlockLink } from "../components/Hash.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { Mark } from "../components/State.tsx";
import { CountStat, MoneyStat, Stat, Stats } from "../components/Stats.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatTime } from "../lib/format.ts";

const TOPICS = ["overview"];
const RUNNING_MS = 1_500;
const IDLE_MS = 60_000;

/** Whether the credits add up: at every block as it is read, and in full against the contracts. */
export default function Audit() {
  const overview = useApi<Overview>("/api/overview", { topics: TOPICS });
  const audit = useApi<Data>("/api/audit", { every: (last) => (last?.running ? RUNNING_MS : IDLE_MS) });
  return (
    <>
      <PageHead
        title="Audit"
        beside={overview.data && <Conserved state={overview.data.conservation} />}
        note="No credit moves outside the ledger. Two checks, one as blocks are read and one in full, both from the events alone."
      />
      <Panel
        title="As blocks are read"
        note="Accounts and burned credits against what was minted, at every block."
      >
        <Loaded query={overview} lines={4}>
          {(data) => <AtEachBlock data={data} />}
        </Loaded>
      </Panel>
      <Panel
        title="In full, against the contracts"
        note="Each account, task, bid, award and reputation is recomputed from the events, block by block, and held against what the contracts say."
        actions={<Running data={audit.data} />}
      >
        <Loaded query={audit} lines={4}>
          {(data) => <InFull data={data} />}
        </Loaded>
      </Panel>
    </>
  );
}

function AtEachBlock({ data }: { data: Overview }) {
  const { conservation, credits } = data;
  const held = credits.free + credits.locked;
  const sum = held + credits.pending_burn + credits.outside + credits.destroyed;
  return (
    <>
      <Stats>
        <CountStat label="Blocks checked" figure="checked" value={conservation.checked} />
        <Stat label="Newest" figure="block">
          <BlockLink number={conservation.block} />
        </Stat>
        <MoneyStat label="In accounts" figure="accounts" units={held} />
        <MoneyStat label="To be destroyed" figure="pending_burn" units={credits.pending_burn} />
        <MoneyStat label="Outside" figure="outside" units={credits.outside} />
        <MoneyStat label="Destroyed" figure="destroyed" units={credits.destroyed} />
        <MoneyStat
          label={sum === credits.minted ? "= Minted" : "Minted"}
          figure="minted"
          units={credits.minted}
        />
      </Stats>
      {conservation.violation !== null && (
        <p className="stale">
          <Untrusted text={conservation.violation} />
        </p>
      )}
    </>
  );
}

function Running({ data }: { data: Data | undefined }) {
  return data?.running ? <Mark tone="info">running</Mark> : null;
}

function InFull({ data }: { data: Data }) {
  return (
    <>
      {data.failure !== null && (
        <p className="stale" role="status">
          The last audit could not be finished: <Untrusted text={data.failure} />
        </p>
      )}
      {data.report === null ? (
        <p className="muted">
          {data.running ? "The first audit is under way." : "No audit has been finished yet."}
        </p>
      ) : (
        <Report report={data.report} />
      )}
    </>
  );
}

function Report({ report }: { report: AuditReport }) {
  return (
    <>
      <p className="verdict">
        <Mark tone={report.conserved ? "good" : "bad"}>
          {report.conserved ? "no difference" : `${report.differences.length} differences`}
        </Mark>{" "}
        <span className="muted">finished {formatTime(report.finished)}</span>
      </p>
      <Stats>
        <CountStat
          label="Blocks"
          figure="blocks_checked"
          note={`${report.first_block} to ${report.last_block}`}
          value={report.blocks_checked}
        />
        <CountStat label="Accounts" figure="audit.accounts" value={report.accounts} />
        <CountStat label="Tasks" figure="audit.tasks" value={report.tasks} />
        <MoneyStat label="Minted" figure="audit.minted" units={report.minted} />
        <MoneyStat label="Held" figure="audit.held" units={report.held} />
        <MoneyStat label="Burned" figure="audit.burned" units={report.burned} />
      </Stats>
      {report.differences.length > 0 && (
        <ol className="differences">
          {report.differences.map((difference) => (
            <li key={difference}>
              <Untrusted text={difference} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
