import type { Dispatch } from "react";

import { useApi } from "../api/hooks.ts";
import type { Market } from "../api/types.ts";
import { formatNumber } from "../lib/format.ts";
import type { Draft, Faults } from "./draft.ts";
import { Field } from "./Field.tsx";
import { DESCRIPTION_LENGTH, MOST_CRITERIA, TITLE_LENGTH } from "./specification.ts";

/** What is filled in, what is wrong with it, and how it is changed. */
export interface PartProps {
  draft: Draft;
  faults: Faults;
  change: Dispatch<Partial<Draft>>;
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
