/** Starts the project's own node on a free port, and runs the project's own scripts against it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HARDHAT = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");

/** `npx hardhat` without npx: the process that is started is the one that is stopped. */
function hardhat(args, settings, stderr = "inherit") {
  // A test run hands its options (--coverage, --network) on as HARDHAT_*: they are not meant for these. What the
  // developer's own shell says of networks is not either.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(HARDHAT|AGORA)_/.test(name));
  return spawn(process.execPath, [HARDHAT, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ["ignore", "pipe", stderr],
  });
}

/** Resolves when the node listens; rejects when it ends instead. It mines a block for each transaction. */
export async function startNode(chainId = 31337) {
  const chain = ["--chain-id", String(chainId)];
  const node = hardhat(["node", "--hostname", "127.0.0.1", "--port", "0", ...chain], { AGORA_BLOCK_MS: "0" });
  const ended = once(node, "close");
  const stop = async () => {
    node.kill();
    await ended;
  };
  let url;
  for await (const line of createInterface(node.stdout)) {
    url = line.match(/JSON-RPC server at (http:\/\/[\d.]+:\d+)/)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error(`the node ended with ${(await ended)[0]} before it listened`);
  // What it logs from now on is read and dropped, or it would stop at a full pipe.
  node.stdout.resume();
  return { url, stop };
}

/** Runs one of scripts/ as a user does: its exit code, what it printed, and what it complained of. */
export async function runScript(name, network, settings) {
  const args = ["run", "--no-compile", `scripts/${name}`, "--network", network];
  const script = hardhat(args, settings, "pipe");
  const result = { printed: "", complaint: "" };
  script.stdout.setEncoding("utf8").on("data", (text) => (result.printed += text));
  script.stderr.setEncoding("utf8").on("data", (text) => (result.complaint += text));
  [result.code] = await once(script, "close");
  return result;
}

/** Runs scripts/deploy-all.js on a development chain, and returns what it printed. */
export async function deployAll(url, addressesFile) {
  const settings = { AGORA_PROVIDER: url, AGORA_ADDRESSES: addressesFile };
  const { code, printed, complaint } = await runScript("deploy-all.js", "localhost", settings);
  if (code !== 0) throw new Error(`deploy-all.js ended with ${code}:\n${printed}${complaint}`);
  return printed;
}
