import { useState } from "react";

import type { TaskDetail } from "../api/types.ts";
import { later } from "../components/later.tsx";

// Whoever only looks never loads what signs.
const TaskActions = later(() => import("../wallet/TaskActions.tsx"));

// What wagmi keeps in a browser in which an account was connected.
const CONNECTED = "wagmi.recentConnectorId";

/** A way to act on the task. The wallet's code comes when it is asked for, or was used in this browser before. */
export function Act({ task }: { task: TaskDetail }) {
  const [open, setOpen] = useState(() => localStorage.getItem(CONNECTED) !== null);
  if (open) return <TaskActions task={task} />;
  if (task.ended_time !== null) return null;
  return (
    <p className="act">
      <button type="button" onClick={() => setOpen(true)}>
        Act on this task…
      </button>
    </p>
  );
}
