import { Tx } from "../components/Hash.tsx";
import type { Sending } from "./useSending.ts";

const REPLACED = {
  repriced: "Sent again with a higher fee:",
  replaced: "Another transaction of the account took its place:",
  cancelled: "It was cancelled in the wallet:",
} as const;

/** Where something that was begun stands, for eyes and ears; its room is kept while there is nothing. */
export function SendingNote({ sending }: { sending: Sending }) {
  return (
    <div className="sending" role="status" data-stage={sending.kind}>
      <Note sending={sending} />
    </div>
  );
}

function Note({ sending }: { sending: Sending }) {
  switch (sending.kind) {
    case "idle":
      return null;
    case "working":
      return <p className="muted">{sending.text}</p>;
    case "pending":
      return (
        <p>
          Waiting for a block: <Tx hash={sending.hash} />
        </p>
      );
    case "replaced":
      return (
        <p>
          {REPLACED[sending.reason]} <Tx hash={sending.hash} />
        </p>
      );
    case "done":
      return <p className="well">{sending.text}</p>;
    case "failed":
      return (
        <div className="ill" data-error={sending.fault.name}>
          <p>
            <strong>{sending.fault.title}</strong>
          </p>
          <p>{sending.fault.detail}</p>
        </div>
      );
  }
}
