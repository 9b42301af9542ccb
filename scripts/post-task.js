/**
 * Posts a task, which the signer pays for and evaluates.
 *
 *     AGORA_SPECIFICATION="A haiku about gas" npx hardhat run scripts/post-task.js --network localhost
 *
 * AGORA_SKILL (writing), AGORA_RESERVE (10 credits) and AGORA_WINDOW (3600 seconds, for each of the four windows) say
 * the rest. Only the digest of the specification goes on chain; workers must get the text itself from elsewhere.
 */
import { command, connectToMarket } from "./lib/command.js";
import { Mistake } from "./lib/mistake.js";
import { credits, text, whole } from "./lib/settings.js";
import { describeTask, postTask } from "./lib/tasks.js";

await command(async () => {
  const market = await connectToMarket();
  const specification = text("AGORA_SPECIFICATION");
  if (specification === undefined)
    throw new Mistake("AGORA_SPECIFICATION is not set: say what is to be done");
  const taskId = await postTask(market, {
    specification,
    skill: text("AGORA_SKILL", "writing"),
    reserve: credits("AGORA_RESERVE", "10"),
    window: whole("AGORA_WINDOW", "3600"),
  });
  const { skill, reserve } = await describeTask(market, taskId);
  console.log(`Posted task ${taskId}: ${skill}, up to ${reserve} credits.`);
});
