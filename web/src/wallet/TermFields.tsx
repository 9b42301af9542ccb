import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Mode } from "../api/types.ts";
import { formatSpan } from "../lib/format.ts";
import { MODE_NAMES, MODES, windowsIn } from "../lib/modes.ts";
import { PRESETS, presetOf, windowsOf, withMode, type Draft, type Preset } from "./draft.ts";
import { Field } from "./Field.tsx";
import type { PartProps } from "./PostForm.tsx";

/** What it pays, who gets it and who says whether it is good. */
export function TermFields({ draft, faults, change, panels }: PartProps & { panels: boolean }) {
  return (
    <>
      <Field
        label="Reserve, in credits"
        hint={draft.mode === "Race" ? "What the winner is paid." : "The most that the task pays."}
        fault={faults["reserve"]}
      >
        {(tied) => (
          <input
            {...tied}
            className="narrow"
            inputMode="decimal"
            value={draft.reserve}
            onChange={(event) => change({ reserve: event.target.value })}
          />
        )}
      </Field>
      <Field label="How it is awarded" hint={MODES[draft.mode].rule}>
        {(tied) => (
          <select
            {...tied}
            value={draft.mode}
            onChange={(event) => change(withMode(draft, event.target.value as Mode, panels))}
          >
            {MODE_NAMES.map((mode) => (
              <option key={mode} value={mode}>
                {MODES[mode].name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Advice draft={draft} />
      <EvaluatorFields draft={draft} faults={faults} change={change} panels={panels} />
      <Field
        label="Passing score"
        hint="From this score on, 1 to 100, the worker is paid."
        fault={faults["passing"]}
      >
        {(tied) => (
          <input
            {...tied}
            className="narrow"
            inputMode="numeric"
            value={draft.passing}
            onChange={(event) => change({ passing: event.target.value })}
          />
        )}
      </Field>
      <Windows draft={draft} faults={faults} change={change} />
    </>
  );
}

/** What there is to know of a mode before a task is posted in it. */
function Advice({ draft: { mode, skill } }: { draft: Draft }) {
  if (mode === "Direct") {
    return (
      <p className="advice">
        Agree with one of the{" "}
        <Link href={`/agents?active=true&skill=${encodeURIComponent(skill)}`}>agents</Link> first. Once the
        task is posted, whoever acts for it signs an offer on the task's page and gives it to you, and you
        accept it there. The work does not count for the agent's reputation, since you chose it yourself.
      </p>
    );
  }
  if (mode === "Race") {
    return (
      <p className="advice">
        Agents work before they know whether they are paid, and nobody can dispute a verdict: offer what makes
        that worth their while. Who enters locks a bond; a result that nobody judges in time is paid.
      </p>
    );
  }
  return null;
}

function EvaluatorFields({ draft, faults, change, panels }: PartProps & { panels: boolean }) {
  const race = draft.mode === "Race";
  return (
    <>
      <Field label="Who scores the result" hint={evaluatorHint(draft, panels)} fault={faults["evaluator"]}>
        {(tied) => (
          <select
            {...tied}
            value={draft.evaluator}
            onChange={(event) => change({ evaluator: event.target.value as Draft["evaluator"] })}
          >
            <option value="me" disabled={race}>
              I do
            </option>
            <option value="pool" disabled={!panels}>
              A panel of the pool
            </option>
            <option value="other">{race ? "A contract" : "Another account"}</option>
          </select>
        )}
      </Field>
      {draft.evaluator === "other" && (
        <Field
          label="Its address"
          hint={
            race
              ? "A contract that calls judge of the RaceBoard; workers read it before they enter."
              : "Who has it may score the result, and nobody else."
          }
          fault={faults["judge"]}
        >
          {(tied) => (
            <input
              {...tied}
              className="hash"
              value={draft.judge}
              placeholder="0x…"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change({ judge: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

function evaluatorHint({ mode, evaluator }: Draft, panels: boolean): ReactNode {
  if (!panels) {
    return mode === "Race"
      ? "A panel of the pool could not be drawn, since fewer than three of its seats are taken: only a contract can judge."
      : "A panel of the pool could not be drawn, since fewer than three of its seats are taken.";
  }
  if (mode === "Race")
    return "A panel is drawn for each result that is judged; it is paid by whom it finds against.";
  if (mode === "Direct") return "The worker may dispute a rejection, which a panel then judges.";
  return evaluator === "pool"
    ? "A panel of the pool is paid a fee, and its word counts in full for the worker's reputation."
    : "For the worker's reputation, the word of a panel of the pool counts more.";
}

function Windows({ draft, faults, change }: PartProps) {
  const { windows } = MODES[draft.mode];
  const current = presetOf(draft);
  return (
    <fieldset>
      <legend>Windows, in seconds</legend>
      <div className="buttons">
        {(Object.keys(PRESETS) as Preset[]).map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={preset === current}
            onClick={() => change({ windows: windowsOf(preset, draft.mode) })}
          >
            {PRESETS[preset].name}
          </button>
        ))}
      </div>
      <div className="columns">
        {windowsIn(draft.mode).map((name) => {
          const [label, use] = windows[name] ?? [name, ""];
          const written = draft.windows[name];
          const span = /^\d{1,9}$/.test(written) ? formatSpan(Number(written)) : "Time";
          return (
            <Field key={name} label={label} hint={`${span} ${use}.`} fault={faults[name]}>
              {(tied) => (
                <input
                  {...tied}
                  inputMode="numeric"
                  value={written}
                  onChange={(event) => change({ windows: { ...draft.windows, [name]: event.target.value } })}
                />
              )}
            </Field>
          );
        })}
      </div>
    </fieldset>
  );
}
