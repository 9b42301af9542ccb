import { useReducer, useState, type FormEvent } from "react";
import { useLocation } from "wouter";

import { Panel } from "../components/Panel.tsx";
import type { Terms } from "./amounts.ts";
import { Connect } from "./Connect.tsx";
import { Costs } from "./Costs.tsx";
import { EMPTY, faultsOf, reserveOf, type Draft, type Faults } from "./draft.ts";
import { postTask, untilRead } from "./post.ts";
import { WorkFields } from "./PostForm.tsx";
import { SendingNote } from "./SendingNote.tsx";
import { TermFields } from "./TermFields.tsx";
import { isBusy, useSending, type Sending } from "./useSending.ts";
import { useConditions, useFunds, useWallet, type Wallet } from "./useWallet.ts";

/** The form, what the task costs, who posts it, and how far that has come. */
export function PostTask() {
  const wallet = useWallet();
  const conditions = useConditions(wallet);
  const [funds] = useFunds(wallet);
  const [draft, change] = useReducer(merged, EMPTY);
  const [tried, setTried] = useState(false);
  const [sending, begin] = useSending();
  const [, navigate] = useLocation();
  const terms = conditions?.terms ?? termsFrom(wallet);
  const panels = conditions?.panels ?? false;
  const faults = faultsOf(draft, terms, panels);
  const shown = tried ? faults : written(draft, faults);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length > 0) {
      // After React has marked the fields.
      const form = event.currentTarget;
      requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    void begin(async (tell) => {
      const task = await post(wallet, draft, tell);
      tell({ kind: "working", text: `Task ${task} is on chain; the explorer reads it …` });
      await untilRead(task);
      navigate(`/tasks/${task}`);
      return `Task ${task} is posted.`;
    });
  };
  const parts = { draft, faults: shown, change };
  return (
    <form className="grid post-form" onSubmit={submit} noValidate>
      <Panel title="The work" className="half">
        <WorkFields {...parts} />
      </Panel>
      <Panel title="Its terms" className="half">
        <TermFields {...parts} panels={panels} />
      </Panel>
      <Panel title="What it costs" className="half">
        <Costs reserve={reserveOf(draft)} terms={terms} plan={draft} funds={funds} />
      </Panel>
      <div className="half">
        <Connect />
        <Posting wallet={wallet} draft={draft} sending={sending} />
      </div>
    </form>
  );
}

/** What happens when it is posted, the button for it, and how far it has come. */
function Posting({ wallet, draft, sending }: { wallet: Wallet; draft: Draft; sending: Sending }) {
  const ready = wallet.connected !== null && !wallet.connected.elsewhere && wallet.reader !== null;
  return (
    <Panel title="Post it">
      <p className="muted">
        One signature permits the credits, one posts the task. The specification is stored first, since the
        chain holds only its digest; everybody can read it. {secretText(draft)}
      </p>
      <div className="buttons">
        <button type="submit" className="primary" disabled={!ready || isBusy(sending)}>
          Post the task
        </button>
        {!ready && <span className="muted">{whatIsMissing(wallet)}</span>}
      </div>
      <SendingNote sending={sending} />
    </Panel>
  );
}

/** What the secret behind the task's seal is for. */
function secretText({ mode, evaluator }: Draft): string {
  const race = mode === "Race";
  if (race && evaluator !== "pool") return "Nobody can dispute what the contract says of a result.";
  const [use, without] =
    evaluator === "pool"
      ? ["the panels that judge are drawn from it", "a worker is paid without being judged"]
      : ["should the result be disputed, a panel is drawn from it", "you lose the dispute"];
  return `A secret is drawn and kept in this browser: ${use}, and without it ${without}. You can save it on the task's page.`;
}

const merged = (draft: Draft, change: Partial<Draft>): Draft => ({ ...draft, ...change });

/** The faults of what was filled in; what is still empty is no fault before somebody has tried to post it. */
function written(draft: Draft, faults: Faults): Faults {
  const texts: Record<string, string> = {
    title: draft.title,
    description: draft.description,
    skill: draft.skill,
    judge: draft.judge,
  };
  draft.rubric.forEach((line, at) => (texts[`rubric.${at}`] = line));
  return Object.fromEntries(Object.entries(faults).filter(([name]) => texts[name] !== ""));
}

async function post(wallet: Wallet, draft: Draft, tell: Parameters<typeof postTask>[2]): Promise<string> {
  const { reader, market, connected, status } = wallet;
  if (reader === null || connected === null) throw new Error("Connect an account first.");
  const client = await wallet.client();
  const by = { client, reader, market, chainId: status.chain_id, address: connected.address };
  return await postTask(by, draft, tell);
}

function whatIsMissing({ connected, reader }: Wallet): string {
  if (connected === null) return "Connect an account first.";
  if (connected.elsewhere) return "Switch the wallet to this market's chain first.";
  return reader === null ? "Nothing here passes calls on to a node." : "";
}

const DAY = 86_400;

/** What the explorer knows of the terms, until they are read from the chain. The contract has the last word on windows. */
function termsFrom({ status: { terms } }: Wallet): Terms {
  return {
    feeBps: BigInt(terms?.fee_bps ?? 0),
    bondPercent: BigInt(terms?.bond_percent ?? 0),
    seatFee: BigInt(terms?.seat_fee ?? 0),
    minWindow: 1,
    maxWindow: 30 * DAY,
  };
}
