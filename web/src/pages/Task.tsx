import { useCallback } from "react";
import { useParams } from "wouter";

import { useApi } from "../api/hooks.ts";
import type { TaskDetail } from "../api/types.ts";
import { Loaded } from "../components/Feedback.tsx";
import { PageHead } from "../components/Panel.tsx";
import { State } from "../components/State.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { Act } from "../task/Act.tsx";
import { Bids } from "../task/Bids.tsx";
import { Documents } from "../task/Documents.tsx";
import { Entries } from "../task/Entries.tsx";
import { Evaluation } from "../task/Evaluation.tsx";
import { MoneyTrail } from "../task/MoneyTrail.tsx";
import { NextStep } from "../task/NextStep.tsx";
import { SubTasks } from "../task/SubTasks.tsx";
import "../task/task.css";
import { Terms } from "../task/Terms.tsx";
import { Timeline } from "../task/Timeline.tsx";
import { Way } from "../task/Way.tsx";

/** All there is about one task. */
export default function Task() {
  const { id = "" } = useParams<{ id: string }>();
  const task = useApi<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}`, { topics: [`task:${id}`] });
  const { refetch } = task;
  const again = useCallback(() => void refetch(), [refetch]);
  return (
    <>
      <PageHead
        title={`Task ${id}`}
        beside={task.data && <State state={task.data.state} />}
        note={task.data?.title && <Untrusted text={task.data.title} limit={120} plain />}
      />
      <Loaded query={task} lines={24}>
        {(found) => <Found task={found} again={again} />}
      </Loaded>
    </>
  );
}

function Found({ task, again }: { task: TaskDetail; again: () => void }) {
  return (
    <>
      <Way task={task} />
      {task.next_step && <NextStep step={task.next_step} again={again} />}
      <Act task={task} />
      <Documents task={task} />
      {task.mode === "Race" ? <Entries task={task} /> : <Bids task={task} />}
      <div className="grid pair">
        <Evaluation task={task} />
        <SubTasks task={task} />
      </div>
      <MoneyTrail task={task} />
      <div className="grid pair">
        <Timeline task={task} />
        <Terms task={task} />
      </div>
    </>
  );
}
