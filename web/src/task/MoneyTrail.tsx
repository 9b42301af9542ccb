import { useContracts } from "../api/status.tsx";
import type { TaskDetail } from "../api/types.ts";
import { Account, agentOf } from "../components/Account.tsx";
import { SankeyFigure } from "../components/Chart.tsx";
import { Export } from "../components/List.tsx";
import { EntryTable } from "../components/EntryTable.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { readableCredits, shorten } from "../lib/format.ts";
import { partWords } from "../lib/ledger.ts";
import { useNarrow } from "../lib/narrow.ts";
import { balanceSides, flowsOf, NOBODY, unmoved, type Side } from "./books.ts";

/** Every movement of credits that belongs to a task: as a picture, as a journal and as accounts that balance. */
export function MoneyTrail({ task }: { task: TaskDetail }) {
  const contracts = useContracts();
  // Names would hide each other there; the journal says the same.
  const narrow = useNarrow();
  const names = new Map(Object.entries(contracts).map(([name, address]) => [address.toLowerCase(), name]));
  const idle = unmoved(task.money);
  const nameOf = (account: string): string => {
    if (idle.size > 1 && idle.has(account) && agentOf(account) !== task.agent) return "Other bidders";
    const agent = agentOf(account);
    if (agent !== null) return `Agent ${agent}`;
    if (account.toLowerCase() === task.requester.toLowerCase()) return "Requester";
    return names.get(account.toLowerCase()) ?? shorten(account);
  };
  const flows = flowsOf(task.money, nameOf);
  return (
    <Panel
      title="Money trail"
      note="Every movement that belongs to the task. Each lowers one side and raises another by the same amount."
      actions={<Export resource="ledger" filters={{ task: task.id }} />}
    >
      {flows.length > 0 && !narrow && (
        <SankeyFigure
          title="Flow"
          caption="From what each had before, over what was locked for the task, to what it has after; credits."
          flows={flows}
          label="Credits"
          format={readableCredits}
          height={Math.min(420, 120 + 26 * flows.length)}
        />
      )}
      <div className="grid books">
        <div className="two-thirds">
          <h3 className="books-head">Journal</h3>
          <EntryTable entries={task.money} ofOneTask />
        </div>
        <div className="third">
          <h3 className="books-head">Accounts</h3>
          <Accounts sides={balanceSides(task.money)} />
        </div>
      </div>
    </Panel>
  );
}

function Party({ side }: { side: Side }) {
  if (side.account === NOBODY) return <span className="muted">{partWords(side.part)}</span>;
  return (
    <>
      <Account account={side.account} ledger /> <span className="muted part">{partWords(side.part)}</span>
    </>
  );
}

/** What went through each account; both sums are the same. */
function Accounts({ sides }: { sides: readonly Side[] }) {
  const sum = (of: (side: Side) => number): number => sides.reduce((total, side) => total + of(side), 0);
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Accounts of the task">
      <table>
        <caption className="hidden">Accounts of the task</caption>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col" className="end">
              Debit
            </th>
            <th scope="col" className="end">
              Credit
            </th>
          </tr>
        </thead>
        <tbody>
          {sides.map((side) => (
            <tr key={`${side.account}/${side.part}`}>
              <td>
                <Party side={side} />
              </td>
              <td className="end">{side.debit > 0 && <Money units={side.debit} />}</td>
              <td className="end">{side.credit > 0 && <Money units={side.credit} />}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Sum</th>
            <td className="end">
              <Money units={sum((side) => side.debit)} />
            </td>
            <td className="end">
              <Money units={sum((side) => side.credit)} />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
