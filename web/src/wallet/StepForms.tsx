import { useQuery } from "@tanstack/react-query";
import { useId, useState, type ReactNode } from "react";
import { sha256, type Hex } from "viem";

import { Problem, request } from "../api/client.ts";
import type { TaskDetail } from "../api/types.ts";
import { Untrusted } from "../components/Untrusted.tsx";
import { rubricOf } from "../task/rubric.ts";
import { Field } from "./Field.tsx";
import { fileOf, findSeal, readSeal, type Seal } from "./seals.ts";
import { previewOfScore } from "./steps.ts";

const LONGEST_WORK = 32_768;

interface FormProps {
  task: TaskDetail;
  busy: boolean;
}

/** A score by hand, or as the share of the rubric's lines that hold. */
export function ScoreForm({ task, busy, act }: FormProps & { act: (score: number) => void }) {
  const [score, setScore] = useState<number | null>(null);
  const [held, setHeld] = useState<ReadonlySet<number>>(new Set());
  const rubric = rubricOf(task);
  const tick = (line: number): void => {
    const next = new Set(held);
    if (!next.delete(line)) next.add(line);
    setHeld(next);
    setScore(Math.round((100 * next.size) / rubric.length));
  };
  const write = (text: string): void => setScore(/^\d{1,3}$/.test(text) ? Math.min(Number(text), 100) : null);
  return (
    <>
      {rubric.length > 0 && (
        <fieldset>
          <legend>What holds of the result</legend>
          {rubric.map((line, at) => (
            <label key={at} className="tick">
              <input type="checkbox" checked={held.has(at)} onChange={() => tick(at)} />{" "}
              <Untrusted text={line} />
            </label>
          ))}
        </fieldset>
      )}
      <Field label="Score, 0 to 100" hint={previewOfScore(task, score)}>
        {(tied) => (
          <span className="row">
            <input
              type="range"
              min={0}
              max={100}
              value={score ?? task.passing_score}
              aria-label="Score"
              onChange={(event) => write(event.target.value)}
            />
            <input
              {...tied}
              className="score"
              inputMode="numeric"
              value={score ?? ""}
              onChange={(event) => write(event.target.value)}
            />
          </span>
        )}
      </Field>
      <button
        type="button"
        className="primary"
        disabled={busy || score === null}
        onClick={() => score !== null && act(score)}
      >
        {score === null
          ? "Score the result"
          : score >= task.passing_score
            ? `Accept with ${score}`
            : `Reject with ${score}`}
      </button>
    </>
  );
}

type Work = { bytes: Uint8Array<ArrayBuffer> } | { fault: string } | null;

/** The work that was handed in: from the explorer's content store, or from a file. */
export function DisputeForm({ task, busy, act }: FormProps & { act: (work: Uint8Array) => void }) {
  const [chosen, choose] = useState<Work>(null);
  const digest = task.result ?? "";
  const kept = useQuery({ queryKey: ["work", digest], queryFn: () => stored(digest) });
  const work = chosen ?? (kept.data ? checked(kept.data, digest) : null);
  const ready = work !== null && "bytes" in work;
  const hint = ready
    ? `${work.bytes.length} bytes, and their digest is the one that was handed in.`
    : undefined;
  return (
    <>
      <FileField
        label="The work, as a file"
        hint={hint ?? "The explorer does not have it: choose the file whose SHA-256 was handed in."}
        fault={work !== null && "fault" in work ? work.fault : undefined}
        take={async (file) => choose(checked(new Uint8Array(await file.arrayBuffer()), digest))}
      />
      <button
        type="button"
        className="primary"
        disabled={busy || !ready}
        onClick={() => ready && act(work.bytes)}
      >
        Show the work and ask a panel
      </button>
    </>
  );
}

/** What the content store has under a digest; null if it has nothing. */
async function stored(digest: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await (await request(`/content/${digest}`)).arrayBuffer());
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function checked(bytes: Uint8Array<ArrayBuffer>, digest: string): Work {
  if (sha256(bytes) !== digest)
    return { fault: "This is not the work that was handed in: its digest is another." };
  if (bytes.length <= LONGEST_WORK) return { bytes };
  return { fault: `It has ${bytes.length} bytes; a dispute takes ${LONGEST_WORK} at the most.` };
}

/** The requester's secret: from this browser, or from the file that it was saved in. */
export function UnsealForm({
  task,
  chain,
  busy,
  act,
}: FormProps & { chain: number; act: (secret: Hex) => void }) {
  const [seal, setSeal] = useState<Seal | null>(() => findSeal(chain, task.seal));
  const [fault, setFault] = useState<string>();
  const take = async (file: File): Promise<void> => {
    const found = readSeal(await file.text(), task.seal);
    setSeal(found);
    setFault(found === null ? "The file does not hold the secret of this task." : undefined);
  };
  return (
    <>
      {seal === null && (
        <FileField
          label="The secret, as a file"
          hint="This browser does not have it: choose the file that you saved when you posted the task."
          fault={fault}
          take={take}
        />
      )}
      <button
        type="button"
        className="primary"
        disabled={busy || seal === null}
        onClick={() => seal !== null && act(seal.secret)}
      >
        Show the secret
      </button>
    </>
  );
}

interface FileFieldProps {
  label: string;
  hint: ReactNode;
  fault: string | undefined;
  take: (file: File) => Promise<void>;
}

function FileField({ label, hint, fault, take }: FileFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(tied) => (
        <input
          {...tied}
          type="file"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) void take(file);
          }}
        />
      )}
    </Field>
  );
}

/** That the secret of a task is kept here, what it is for, and a way to save it. */
export function SecretNote({ task, chain }: { task: TaskDetail; chain: number }) {
  const id = useId();
  const seal = findSeal(chain, task.seal);
  const use = task.evaluated_by === "pool" ? "When a result is judged," : "Should the result be disputed,";
  if (seal === null) {
    return (
      <p className="muted">
        The secret of this task's seal is not kept in this browser. {use} you need the file that it was saved
        in.
      </p>
    );
  }
  return (
    <div className="buttons">
      <button type="button" aria-describedby={id} onClick={() => save(seal, task.id)}>
        Save the secret
      </button>
      <span id={id} className="muted">
        Kept in this browser. {use} a panel is drawn from it.
      </span>
    </div>
  );
}

function save(seal: Seal, task: number): void {
  const file = fileOf({ ...seal, task: String(task) });
  const address = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `agora-task-${task}-secret.json`;
  link.click();
  URL.revokeObjectURL(address);
}
