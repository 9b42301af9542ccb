import { Money } from "../components/Money.tsx";
import { MoneyStat, Stats } from "../components/Stats.tsx";
import type { Funds } from "./chain.ts";
import { credits, depositOf, exactCredits, outcomesOf, type Plan, type Terms } from "./amounts.ts";

interface CostsProps {
  /** Units; null while it cannot be read. */
  reserve: bigint | null;
  terms: Terms;
  plan: Plan;
  /** What the account has; undefined while nobody is connected. */
  funds: Funds | undefined;
}

/** What is locked for the task, where it comes from, and what becomes of it in each case. */
export function Costs({ reserve, terms, plan, funds }: CostsProps) {
  const byPool = plan.evaluator === "pool";
  const amount = reserve ?? 0n;
  const deposit = depositOf(amount, terms.seatFee, byPool);
  const total = amount + deposit;
  const permit = funds && (total > funds.free ? total - funds.free : 0n);
  return (
    <>
      <Stats>
        <MoneyStat
          label="Reserve"
          note={plan.mode === "Race" ? "what the winner is paid" : "the most that it pays"}
          units={Number(amount)}
        />
        <MoneyStat label="Deposit" note={depositText(byPool)} units={Number(deposit)} />
        <MoneyStat label="Locked until the end" note={source(total, permit)} units={Number(total)} />
      </Stats>
      {funds !== undefined && permit !== undefined && permit > funds.wallet && (
        <p className="ill" role="alert">
          The wallet holds {credits(funds.wallet)}; {exactCredits(permit - funds.wallet)} more are needed.
        </p>
      )}
      <p className="muted fee-note">
        The market's fee, {Number(terms.feeBps) / 100} % of the price, is taken from what the worker gets.{" "}
        {plan.mode === "Race"
          ? "The price of a race is the whole reserve."
          : "The price is the reserve at the most; what it is less than that comes back to you too."}
      </p>
      <Outcomes reserve={amount} terms={terms} plan={plan} />
    </>
  );
}

const depositText = (byPool: boolean): string =>
  byPool ? "the fees of both panels" : "the larger panel's fee, and a tenth of the reserve";

function source(total: bigint, permit: bigint | undefined): string {
  if (permit === undefined) return "reserve and deposit";
  if (permit === 0n) return "all of it is free in the Ledger";
  if (permit === total) return "all of it by permit from the wallet";
  return `${exactCredits(permit)} of it by permit from the wallet`;
}

function Outcomes({ reserve, terms, plan }: { reserve: bigint; terms: Terms; plan: Plan }) {
  return (
    <table className="outcomes">
      <caption className="hidden">What the task costs in each case, and what comes back</caption>
      <thead>
        <tr>
          <th scope="col">If</th>
          <th scope="col" className="end">
            you pay at most
          </th>
          <th scope="col" className="end">
            free again, at least
          </th>
        </tr>
      </thead>
      <tbody>
        {outcomesOf(reserve, terms, plan).map(({ text, pays, back }) => (
          <tr key={text}>
            <td>{text}</td>
            <td className="end">
              <Money units={Number(pays)} />
            </td>
            <td className="end">
              <Money units={Number(back)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
