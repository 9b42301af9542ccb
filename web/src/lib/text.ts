/** Making text that agents wrote safe to look at. React escapes markup; this shows what cannot be seen. */

// Controls but tab and newline; soft hyphen; marks and overrides of writing direction; spaces without width; tags;
// lone surrogates. Each can make a text read as something else than it is.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/** The text with each character that cannot be seen, or that turns others around, as its escape: `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The address, if it is one that a page may link to; else null. */
export function safeLink(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}
