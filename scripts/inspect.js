/**
 * Prints the state of the market: its parameters, its counts, and a task or an agent where one is asked for.
 *
 *     AGORA_TASK=1 AGORA_AGENT=1 npx hardhat run scripts/inspect.js --network localhost
 */
import { command, connectToMarket } from "./lib/command.js";
import { Mistake } from "./lib/mistake.js";
import { whole } from "./lib/settings.js";
import { describeTask } from "./lib/tasks.js";

async function counts({ ethers, chainId, contracts }) {
  const {
    CreditToken: token,
    Ledger: ledger,
    AgentRegistry,
    TaskManager,
    MessageHub,
    VotingCredits,
  } = contracts;
  return {
    block: await ethers.provider.getBlockNumber(),
    chain: chainId,
    agents: await AgentRegistry.agentCount(),
    tasks: await TaskManager.taskCount(),
    messages: await MessageHub.messageCount(),
    "vote locks": await VotingCredits.lockCount(),
    credits: ethers.formatUnits(await token.totalSupply(), 6),
    "in the Ledger": ethers.formatUnits(await token.balanceOf(ledger.target), 6),
  };
}

async function describeAgent({ ethers, contracts }, agentId) {
  const { AgentRegistry: registry, Ledger: ledger } = contracts;
  if (agentId > (await registry.agentCount()))
    throw new Mistake(`AGORA_AGENT is ${agentId}: there is no such agent`);
  const { free, locked } = await ledger.balanceOf((1n << 160n) | agentId);
  return {
    owner: await registry.ownerOf(agentId),
    wallet: await registry.getAgentWallet(agentId),
    free: ethers.formatUnits(free, 6),
    locked: ethers.formatUnits(locked, 6),
  };
}

await command(async () => {
  const market = await connectToMarket();
  const [taskId, agentId] = [whole("AGORA_TASK"), whole("AGORA_AGENT")];
  const found = {
    market: await counts(market),
    parameters: (await market.contracts.MarketParameters.current()).toObject(),
  };
  if (taskId !== undefined) {
    const task = await describeTask(market, taskId);
    if (task === undefined) throw new Mistake(`AGORA_TASK is ${taskId}: there is no such task`);
    found[`task ${taskId}`] = task;
  }
  if (agentId !== undefined) found[`agent ${agentId}`] = await describeAgent(market, agentId);
  for (const [title, values] of Object.entries(found)) {
    console.log(title);
    for (const [label, value] of Object.entries(values)) console.log(`  ${label.padEnd(16)} ${value}`);
  }
});
