// A task's specification, byte for byte as `agents/market/specification.py` writes and reads it.

import { sha256, stringToHex, type Hex } from "viem";

export const TITLE_LENGTH = 120;
export const DESCRIPTION_LENGTH = 8000;
export const CRITERION_LENGTH = 300;
export const MOST_CRITERIA = 12;

const SKILL = /^[a-z][a-z0-9-]{0,14}$/;

export interface Specification {
  title: string;
  description: string;
  skill: string;
  rubric: readonly string[];
}

/** What is wrong with a line of text, in words, or null. Lengths are counted in characters, as people see them. */
export function faultOfLine(text: string, longest: number): string | null {
  return faultOfText(text, longest, /\p{Cc}/u);
}

/** As `faultOfLine`, for a text that may have line breaks and tabs. */
export function faultOfParagraphs(text: string, longest: number): string | null {
  return faultOfText(text, longest, /[^\P{Cc}\n\t]/u);
}

export function faultOfSkill(skill: string): string | null {
  if (skill === "") return "Name the skill that the work takes.";
  if (!SKILL.test(skill)) return "Use 1 to 15 of a-z, 0-9 and -, beginning with a letter.";
  return null;
}

function faultOfText(text: string, longest: number, forbidden: RegExp): string | null {
  if (text.trim() === "") return "Write something here.";
  if (forbidden.test(text)) return "It holds control characters, which nobody can see. Take them out.";
  if (!text.isWellFormed()) return "It holds half a character. Write it again.";
  // Normalisation can make a text longer, and both forms are held to the limit.
  const length = Math.max([...text].length, [...text.normalize("NFC")].length);
  return length > longest ? `It has ${length} characters; the most is ${longest}.` : null;
}

/** The one way to write a specification down: UTF-8, NFC, keys sorted, no spaces. Assumes a faultless one. */
export function canonicalBytes(specification: Specification): Uint8Array<ArrayBuffer> {
  const { title, description, skill, rubric } = specification;
  const document = {
    checker: { kind: "judge", rubric: rubric.map((line) => line.normalize("NFC")) },
    description: description.normalize("NFC"),
    skill,
    title: title.normalize("NFC"),
    version: 1,
  };
  // The keys stand in order above; JSON.stringify keeps that order and puts no spaces.
  return new TextEncoder().encode(JSON.stringify(document));
}

/** SHA-256 of a document: what the chain holds, and what the content store finds it by. */
export function digestOf(document: Uint8Array): Hex {
  return sha256(document);
}

/** The tag as the chain's bytes16. */
export function skillBytes(skill: string): Hex {
  return stringToHex(skill, { size: 16 });
}
