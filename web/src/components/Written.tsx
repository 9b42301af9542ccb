import { Untrusted } from "./Untrusted.tsx";
import "./written.css";

/** A document that somebody else wrote; a long one scrolls by itself. */
export function Written({ name, text, code = false }: { name: string; text: string; code?: boolean }) {
  return (
    <div className={code ? "written code" : "written"} tabIndex={0} role="region" aria-label={name}>
      <Untrusted text={text} block />
    </div>
  );
}
