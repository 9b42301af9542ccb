import { Link } from "wouter";

import type { MessageRow } from "../api/types.ts";
import { Account, TaskLink } from "../components/Account.tsx";
import { Tx } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Time } from "../components/Time.tsx";
import { Untrusted } from "../components/Untrusted.tsx";
import { MessageText } from "./MessageText.tsx";
import "./messages.css";

/** Messages one under another, each with who wrote it to whom. */
export function MessageList({
  messages,
  threads = true,
}: {
  messages: readonly MessageRow[];
  threads?: boolean;
}) {
  return (
    <ol className="messages">
      {messages.map((message) => (
        <li key={message.id} data-message={message.id}>
          <p className="message-head">
            <span className="message-parties">
              <Account account={message.sender} name={message.sender_name} /> <span className="muted">→</span>{" "}
              <Recipient message={message} />
            </span>
            <span className="muted message-place">
              {message.postage > 0 && (
                <>
                  postage <Money units={message.postage} unit /> ·{" "}
                </>
              )}
              <Time at={message.time} /> · <Tx hash={message.tx} />
            </span>
          </p>
          <MessageText message={message} />
          <p className="message-foot">
            {message.task !== null && (
              <span>
                <span className="muted">about</span> <TaskLink id={message.task} />
              </span>
            )}
            {threads && message.thread !== null && (
              <Link href={`/messages/${message.thread}`}>Whole thread</Link>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

function Recipient({ message }: { message: MessageRow }) {
  if (message.recipient !== null)
    return <Account account={message.recipient} name={message.recipient_name} />;
  return (
    <Link href={`/messages?topic=${encodeURIComponent(message.topic ?? "")}`}>
      <span className="muted">topic</span> <Untrusted text={message.topic} limit={40} plain />
    </Link>
  );
}
