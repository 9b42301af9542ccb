import { lazy, Suspense, useState } from "react";

import type { TaskDetail } from "../api/task.ts";

// Whoever only looks never loads what signs.
const TaskActions = lazy(() => import("../wallet/TaskActions.tsx"));

/** A way to act on the task; the wallet's code comes when it is asked for. */
export function Act({ task }: { task: TaskDetail }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <button type="button" className="act" onClick={() => setOpen(true)}>
        Act on this task…
      </button>
    );
  }
  return (
    <Suspense fallback={<p className="muted">Loading the wallet…</p>}>
      <TaskActions task={task} />
    </Suspense>
  );
}
