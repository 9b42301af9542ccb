import type { Governance, ParameterChange } from "../api/types.ts";
import { BlockLink, Tx } from "../components/Hash.tsx";
import { Panel } from "../components/Panel.tsx";
import { Time } from "../components/Time.tsx";
import { meaningOf } from "./meaning.ts";

/** The parameters that new tasks are posted under, and how they came to be. */
export function Parameters({ governance }: { governance: Governance }) {
  return (
    <Panel
      title="Parameters"
      className="half"
      note="For new tasks and channels; a task keeps those it was posted under. Votes move them only within fixed bounds."
    >
      <div className="table-frame" tabIndex={0} role="region" aria-label="Parameters in force">
        <table>
          <caption className="hidden">Parameters in force</caption>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col" className="end">
                Value
              </th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(governance.parameters).map(([name, value]) => {
              const meaning = meaningOf(name);
              const since = governance.history.find((change) => change.changed.includes(name));
              return (
                <tr key={name}>
                  <td className="parameter">
                    {meaning.name} <code className="muted extra">{name}</code>
                  </td>
                  <td className="end" data-parameter={name} data-value={value}>
                    {meaning.format(value)}
                  </td>
                  <td>{since ? <Time at={since.time} /> : <span className="none">–</span>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** Each change of the parameters, the newest first. */
export function ParameterHistory({ history }: { history: readonly ParameterChange[] }) {
  return (
    <Panel title="Changes" note="What each vote, or the deployment, set." className="half">
      {history.length === 0 && <p className="muted">No change yet.</p>}
      <ol className="changes">
        {history.map((change, nth) => (
          <li key={`${change.block}/${change.log}`}>
            <p className="change-place">
              <Time at={change.time} />
              <BlockLink number={change.block} />
              <Tx hash={change.tx} />
            </p>
            <ul>
              {change.changed.map((name) => (
                <Changed key={name} name={name} change={change} before={history[nth + 1]} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

interface ChangedProps {
  name: string;
  change: ParameterChange;
  before: ParameterChange | undefined;
}

function Changed({ name, change, before }: ChangedProps) {
  const { name: said, format } = meaningOf(name);
  const former = before?.parameters[name];
  return (
    <li>
      {said}: {former !== undefined && <span className="muted">{format(former)} → </span>}
      {format(change.parameters[name] ?? 0)}
    </li>
  );
}
