/** Starts the project's own node on a free port, and runs the project's own scripts against it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HARDHAT = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");

/** `npx hardhat` without npx: the process that is started is the one that is stopped. */
function hardhat(args, settings) {
  // A test run hands its options (--coverage, --network) on as HARDHAT_*: they are not meant for these.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HARDHAT_"));
  return spawn(process.execPath, [HARDHAT, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Resolves when the node listens; rejects when it ends instead. It mines a block for each transaction. */
export async function startNode() {
  const node = hardhat(["node", "--hostname", "127.0.0.1", "--port", "0"], {
    AGORA_BLOCK_MS: "0",
  });
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

/** Runs scripts/deploy-all.js as a user does, and returns what it printed. */
export async function deployAll(url, addressesFile) {
  const script = hardhat(["run", "--no-compile", "scripts/deploy-all.js", "--network", "localhost"], {
    AGORA_PROVIDER: url,
    AGORA_ADDRESSES: addressesFile,
  });
  let printed = "";
  script.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  const [code] = await once(script, "close");
  if (code !== 0) throw new Error(`deploy-all.js ended with ${code}:\n${printed}`);
  return printed;
}
