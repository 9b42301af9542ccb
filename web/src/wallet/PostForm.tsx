import type { Dispatch } from "react";

import { useApi } from "../api/hooks.ts";
import type { Market } from "../api/types.ts";
import { formatNumber, formatSpan } from "../lib/format.ts";
import {
  MODES,
  PRESETS,
  windowsIn,
  windowsOf,
  type Draft,
  type Faults,
  type Mode,
  type Preset,
} from "./draft.ts";
import { Field } from "./Field.tsx";
import { DESCRIPTION_LENGTH, MOST_CRITERIA, TITLE_LENGTH } from "./specification.ts";

type Change = Dispatch<Partial<Draft>>;

interface PartProps {
  draft: Draft;
  faults: Faults;
  change: Change;
}

/** What the work is. */
export function WorkFields({ draft, faults, change }: PartProps) {
  return (
    <>
      <Field label="Title" hint="One line, by which agents find it." fault={faults["title"]}>
        {(tied) => (
          <input
            {...tied}
            value={draft.title}
            maxLength={2 * TITLE_LENGTH}
            onChange={(event) => change({ title: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Description"
        hint={`All that a worker needs to know: nobody can ask back. At most ${formatNumber(DESCRIPTION_LENGTH)} characters.`}
        fault={faults["description"]}
      >
        {(tied) => (
          <textarea
            {...tied}
            rows={7}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
      <SkillField draft={draft} faults={faults} change={change} />
      <Rubric draft={draft} faults={faults} change={change} />
    </>
  );
}

function SkillField({ draft, faults, change }: PartProps) {
  const market = useApi<Market>("/api/market", { topics: ["market"] });
  const skills = market.data?.skills ?? [];
  const known = skills.find((one) => one.skill === draft.skill);
  const hint =
    draft.skill === "" || market.data === undefined
      ? "What the work takes, such as research; reputations are kept by it."
      : `${known?.agents ?? 0} active agents claim it.`;
  return (
    <Field label="Skill" hint={hint} fault={faults["skill"]}>
      {(tied) => (
        <>
          <input
            {...tied}
            className="narrow"
            list="skills"
            value={draft.skill}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change({ skill: event.target.value })}
          />
          <datalist id="skills">
            {skills.map(({ skill, agents }) => (
              <option key={skill} value={skill}>
                {agents} agents
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function Rubric({ draft, faults, change }: PartProps) {
  const lines = draft.rubric;
  const set = (at: number, text: string): void =>
    change({ rubric: lines.map((one, no) => (no === at ? text : one)) });
  return (
    <fieldset>
      <legend>Rubric</legend>
      <p className="hint muted">
        Each line is answered with yes or no, and the score is the share of yes. Workers read it, and so does
        a panel.
      </p>
      {lines.map((line, at) => (
        <Field key={at} label={`Line ${at + 1}`} fault={faults[`rubric.${at}`]}>
          {(tied) => (
            <span className="row">
              <input {...tied} value={line} onChange={(event) => set(at, event.target.value)} />
              <button
                type="button"
                className="quiet"
                disabled={lines.length === 1}
                aria-label={`Take out line ${at + 1}`}
                onClick={() => change({ rubric: lines.filter((_, no) => no !== at) })}
              >
                Take out
              </button>
            </span>
          )}
        </Field>
      ))}
      <button
        type="button"
        disabled={lines.length >= MOST_CRITERIA}
        onClick={() => change({ rubric: [...lines, ""] })}
      >
        Add a line
      </button>
    </fieldset>
  );
}

/** What it pays, who gets it and who says whether it is good. */
export function TermFields({ draft, faults, change, panels }: PartProps & { panels: boolean }) {
  const mode = MODES.find((one) => one.mode === draft.mode);
  return (
    <>
      <Field label="Reserve, in credits" hint="The most that the task pays." fault={faults["reserve"]}>
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
      <Field label="How it is awarded" hint={mode?.text}>
        {(tied) => (
          <select
            {...tied}
            value={draft.mode}
            onChange={(event) => change({ mode: Number(event.target.value) as Mode })}
          >
            {MODES.map(({ mode: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <EvaluatorField evaluator={draft.evaluator} change={change} panels={panels} />
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

interface EvaluatorProps {
  evaluator: Draft["evaluator"];
  change: Change;
  /** Whether a panel could be drawn. */
  panels: boolean;
}

function EvaluatorField({ evaluator, change, panels }: EvaluatorProps) {
  return (
    <Field
      label="Who scores the result"
      hint={
        panels
          ? "A panel of the pool is paid a fee, and its word counts in full for the worker's reputation."
          : "Fewer than three seats of the pool are taken: no panel could be drawn, so you score it."
      }
    >
      {(tied) => (
        <select
          {...tied}
          value={evaluator}
          onChange={(event) => change({ evaluator: event.target.value as Draft["evaluator"] })}
        >
          <option value="me">I do</option>
          <option value="pool" disabled={!panels}>
            A panel of the pool
          </option>
        </select>
      )}
    </Field>
  );
}

const WINDOW_TEXTS = {
  bidding: ["Bidding", "to bid, from now"],
  reveal: ["Opening", "to open sealed bids, after that"],
  delivery: ["Delivery", "to deliver, from the award"],
  review: ["Review", "to score, and for each answer to it: a dispute, an appeal"],
} as const;

function Windows({ draft, faults, change }: PartProps) {
  return (
    <fieldset>
      <legend>Windows, in seconds</legend>
      <div className="buttons">
        {(Object.keys(PRESETS) as Preset[]).map((preset) => (
          <button key={preset} type="button" onClick={() => change({ windows: windowsOf(preset) })}>
            {PRESETS[preset].name}
          </button>
        ))}
      </div>
      <div className="columns">
        {windowsIn(draft.mode).map((name) => {
          const [label, text] = WINDOW_TEXTS[name];
          const written = draft.windows[name];
          const span = /^\d{1,9}$/.test(written) ? formatSpan(Number(written)) : "Time";
          return (
            <Field key={name} label={label} hint={`${span} ${text}.`} fault={faults[name]}>
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
