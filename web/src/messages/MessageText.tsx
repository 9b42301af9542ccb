import type { MessageRow } from "../api/types.ts";
import { Hash } from "../components/Hash.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { formatNumber } from "../lib/format.ts";

/** The body of a message: what a stranger wrote, or why it cannot be read. */
export function MessageText({ message, limit = 600 }: { message: MessageRow; limit?: number }) {
  if (message.encrypted) {
    return <p className="muted">Encrypted to its recipient, {formatNumber(message.size)} bytes.</p>;
  }
  if (message.text !== null) {
    return (
      <>
        <Untrusted text={message.text} limit={limit} block />
        {message.truncated && <Whole message={message} />}
      </>
    );
  }
  if (message.digest === null) return <p className="muted">It has no text.</p>;
  return (
    <p className="muted">
      This explorer does not have the text, or it is not text: <Hash value={message.digest} />
    </p>
  );
}

function Whole({ message }: { message: MessageRow }) {
  if (message.digest === null) return <p className="muted">Cut off here.</p>;
  return (
    <p className="muted">
      Cut off here:{" "}
      <a href={`/content/${message.digest}`} rel="noreferrer noopener nofollow">
        the whole
      </a>
    </p>
  );
}
