/** The task contract as the example scripts use it: all that depends on its ABI is here. */
import { send } from "./command.js";
import { Mistake } from "./mistake.js";

const STATES = [
  "Open",
  "Awarded",
  "Submitted",
  "Rejected",
  "Disputed",
  "Ruled",
  "Defaulted",
  "Settled",
  "Refunded",
  "Cancelled",
  "Expired",
];
const SECOND_PRICE = 0;
const PASSING_SCORE = 60;

/** Posts a task as the signer, who also evaluates it, and returns its id. All four windows are `window` seconds. */
export async function postTask({ ethers, contracts, signer }, { specification, skill, reserve, window }) {
  const { TaskManager: tasks } = contracts;
  const digest = ethers.sha256(ethers.toUtf8Bytes(specification));
  const params = {
    specification: digest,
    seal: ethers.keccak256(await secretOf(ethers, signer, tasks.target, digest)),
    skill: ethers.zeroPadBytes(skillBytes(ethers, skill), 16),
    mode: SECOND_PRICE,
    reserve,
    evaluator: signer.address,
    passingScore: PASSING_SCORE,
    biddingWindow: window,
    revealWindow: window,
    deliveryWindow: window,
    reviewWindow: window,
    parentId: 0,
  };
  const receipt = await send(contracts, tasks.createTask, params);
  const events = receipt.logs.map((log) => tasks.interface.parseLog(log));
  return events.find((event) => event?.name === "TaskCreated").args.taskId;
}

/** What is known of a task, by label; undefined where there is none. */
export async function describeTask({ ethers, contracts }, taskId) {
  const { TaskManager: tasks } = contracts;
  if (taskId === 0n || taskId > (await tasks.taskCount())) return undefined;
  const task = await tasks.getTask(taskId);
  const [{ args }] = await tasks.queryFilter(tasks.filters.TaskCreated(taskId));
  return {
    state: STATES[task.state],
    skill: ethers.toUtf8String(args.skill).replace(/\0+$/, ""),
    requester: task.requester,
    reserve: ethers.formatUnits(task.reserve, 6),
    worker: task.agentId === 0n ? "nobody yet" : `agent ${task.agentId}`,
    price: ethers.formatUnits(task.price, 6),
    specification: args.params.specification,
  };
}

/** What the requester must show in a dispute: it follows from its signature, so that there is nothing to keep. */
async function secretOf(ethers, signer, tasks, specification) {
  return ethers.keccak256(await signer.signMessage(`Agora: the secret of ${specification} at ${tasks}`));
}

function skillBytes(ethers, skill) {
  const bytes = ethers.toUtf8Bytes(skill);
  if (bytes.length === 0 || bytes.length > 16)
    throw new Mistake(`AGORA_SKILL is ${skill}: a skill has 1 to 16 bytes`);
  return bytes;
}
