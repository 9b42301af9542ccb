import type { TaskDetail, TaskTree } from "../api/types.ts";
import { Agent, TaskLink } from "../components/Account.tsx";
import { Money } from "../components/Money.tsx";
import { Panel } from "../components/Panel.tsx";
import { State } from "../components/State.tsx";

/** The task among the tasks that it is a part of and that are parts of it. */
export function SubTasks({ task }: { task: TaskDetail }) {
  const { ancestors, subtasks } = task;
  const alone = ancestors.length === 0 && subtasks.children.length === 0;
  return (
    <Panel
      title="Sub-tasks"
      className="half"
      note={alone ? undefined : "What its worker gave to others, and they to theirs."}
    >
      {ancestors.length > 0 && (
        <p className="ancestors">
          Part of{" "}
          {ancestors.map((id, nth) => (
            <span key={id}>
              {nth > 0 && ", which is part of "}
              <TaskLink id={id} />
            </span>
          ))}
          .
        </p>
      )}
      {alone ? (
        <p className="muted">It is no part of another task, and has no parts.</p>
      ) : (
        <ul className="tree">
          <Branch tree={subtasks} here={task.id} />
        </ul>
      )}
    </Panel>
  );
}

function Branch({ tree, here }: { tree: TaskTree; here: number }) {
  return (
    <li>
      <div className="tree-task" aria-current={tree.id === here ? "true" : undefined}>
        <span className="tree-title">
          <TaskLink id={tree.id} title={tree.title} />
        </span>
        <State state={tree.state} />
        {tree.agent !== null && <Agent id={tree.agent} />}
        <Money units={tree.price ?? tree.reserve} unit />
      </div>
      {tree.children.length > 0 && (
        <ul>
          {tree.children.map((child) => (
            <Branch key={child.id} tree={child} here={here} />
          ))}
        </ul>
      )}
    </li>
  );
}
