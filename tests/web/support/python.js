// Python programs of the tests, with the project's own Python where there is one.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { ROOT } from "./packages.js";

const own = fileURLToPath(new URL(".venv/bin/python", ROOT));

/** A program of tests/web, begun; its standard error is the test's. */
export function python(script, { input = "pipe" } = {}) {
  const command = process.env.AGORA_PYTHON ?? (existsSync(own) ? own : "python");
  const path = fileURLToPath(new URL(`tests/web/${script}`, ROOT));
  const env = { ...process.env, PYTHONPATH: fileURLToPath(ROOT) };
  return spawn(command, [path], { cwd: fileURLToPath(ROOT), env, stdio: [input, "pipe", "inherit"] });
}

/** What a program prints that is given `value` as JSON, read as JSON. */
export async function ask(script, value) {
  const program = python(script);
  program.stdin.end(JSON.stringify(value));
  let said = "";
  for await (const part of program.stdout.setEncoding("utf8")) said += part;
  return JSON.parse(said);
}
