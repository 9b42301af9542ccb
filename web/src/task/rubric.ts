import type { TaskDetail } from "../api/types.ts";

/** The lines that a judge answers; the document is somebody else's, so nothing about it is certain. */
export function rubricOf({ checker }: Pick<TaskDetail, "checker">): readonly string[] {
  const rubric = checker?.["rubric"];
  return Array.isArray(rubric) ? rubric.filter((line) => typeof line === "string") : [];
}
