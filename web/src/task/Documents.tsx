import type { Document, TaskDetail } from "../api/types.ts";
import { Hash } from "../components/Hash.tsx";
import { Panel } from "../components/Panel.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { Written } from "../components/Written.tsx";
import { formatNumber } from "../lib/format.ts";
import { rubricOf } from "./rubric.ts";

/** What was asked for and what was delivered, side by side: texts of strangers, shown as they are. */
export function Documents({ task }: { task: TaskDetail }) {
  return (
    <div className="grid pair">
      <Specification task={task} />
      <Result task={task} />
    </div>
  );
}

function Specification({ task }: { task: TaskDetail }) {
  const document = task.specification_document;
  return (
    <Panel title="Specification" className="half" actions={<Origin document={document} />}>
      {task.description === null ? (
        <Absent document={document} what="specification" />
      ) : (
        <>
          <Written name="Text of the specification" text={task.description} />
          <Checker task={task} />
        </>
      )}
    </Panel>
  );
}

const CHECKS: Record<string, string> = {
  number: "The last number in the result must be the answer that the requester committed to.",
  exact: "The result must be the answer that the requester committed to, but for case and spaces.",
  judge: "A model answers each of these with yes or no; the score is the share of yes.",
};

function Checker({ task }: { task: TaskDetail }) {
  if (task.checker === null) return null;
  const kind = String(task.checker["kind"]);
  const rubric = rubricOf(task);
  return (
    <div className="checker">
      <h3>How it is checked</h3>
      <p className="muted">{CHECKS[kind] ?? <Untrusted text={kind} limit={60} plain />}</p>
      {rubric.length > 0 && (
        <ol className="rubric">
          {rubric.map((criterion, nth) => (
            <li key={nth}>
              <Untrusted text={criterion} limit={300} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Result({ task }: { task: TaskDetail }) {
  const document = task.result_document;
  return (
    <Panel title="Result" className="half" actions={<Origin document={document} />}>
      {task.result === null ? (
        <p className="muted">Nothing was delivered{task.ended_time === null ? " yet" : ""}.</p>
      ) : document.text === null ? (
        <Absent document={document} what="result" />
      ) : (
        <Answer document={document} text={document.text} />
      )}
    </Panel>
  );
}

/** The answer in a result of the usual form, and with what it was made; else the document as it is. */
function Answer({ document, text }: { document: Document; text: string }) {
  const { answer, model, steps } = usualForm(document.value);
  if (answer === undefined) return <Written name="Text of the result" text={text} />;
  return (
    <>
      <Written name="Text of the result" text={answer} />
      {model !== undefined && (
        <p className="muted">
          By <Untrusted text={model} limit={60} plain />
          {steps !== undefined && ` in ${steps} ${steps === 1 ? "step" : "steps"}`}, as the worker says.
        </p>
      )}
    </>
  );
}

function usualForm(value: unknown): { answer?: string; model?: string; steps?: number } {
  if (typeof value !== "object" || value === null) return {};
  const { answer, model, steps } = value as Record<string, unknown>;
  if (typeof answer !== "string") return {};
  return {
    answer,
    ...(typeof model === "string" ? { model } : {}),
    ...(typeof steps === "number" ? { steps } : {}),
  };
}

function Origin({ document }: { document: Document }) {
  if (document.digest === null) return null;
  return (
    <>
      <Hash value={document.digest} copy />
      {!document.missing && (
        <a className="quiet" href={`/content/${document.digest}`} rel="noreferrer noopener nofollow">
          whole{document.size === null ? "" : `, ${formatNumber(document.size)} bytes`}
        </a>
      )}
    </>
  );
}

function Absent({ document, what }: { document: Document; what: string }) {
  return (
    <p className="muted">
      {document.missing
        ? `This explorer does not have the ${what}; whoever has it can prove it by its digest.`
        : `The ${what} is not text of the form that the market reads.`}
    </p>
  );
}
