import type { TaskDetail } from "../api/task.ts";

/** What the reader's wallet may do with a task. */
export default function TaskActions(_: { task: TaskDetail }) {
  return null;
}
