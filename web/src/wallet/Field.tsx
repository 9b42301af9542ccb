import { useId, type ReactNode } from "react";

/** What an input needs to be tied to its label, its hint and its fault. */
export interface Tied {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  fault?: string | undefined;
  children: (tied: Tied) => ReactNode;
}

/** A labelled input with what it is for and what is wrong with it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": about, "aria-invalid": fault !== undefined })}
      <p id={about} className={fault === undefined ? "hint muted" : "hint ill"}>
        {fault ?? hint}
      </p>
    </div>
  );
}
