/**
 * Puts credits into an account of the Ledger: new ones on a development chain, the signer's own anywhere else.
 *
 *     AGORA_TO=agent:1 AGORA_CREDITS=50 npx hardhat run scripts/fund.js --network localhost
 *
 * AGORA_TO is an agent or an address, by default the signer's.
 */
import { command, connectToMarket, send } from "./lib/command.js";
import { Mistake } from "./lib/mistake.js";
import { rulesOf } from "./lib/plan.js";
import { account, credits, text } from "./lib/settings.js";

/** The signer holds the tokens and the Ledger may take them. */
async function provide({ ethers, chainId, signer, contracts }, amount) {
  const { CreditToken: token, Ledger: ledger } = contracts;
  if (rulesOf(chainId).faucet) await send(contracts, token.mint, signer.address, amount);
  const held = await token.balanceOf(signer.address);
  if (held < amount) {
    throw new Mistake(
      `${signer.address} holds ${ethers.formatUnits(held, 6)} credits, not ${ethers.formatUnits(amount, 6)}: ` +
        "there is no faucet on this chain",
    );
  }
  await send(contracts, token.approve, ledger.target, amount);
}

/** The account that AGORA_TO names. */
async function recipient({ ethers, signer, contracts }) {
  const to = account(ethers, "AGORA_TO", signer.address);
  const agentId = to & ((1n << 160n) - 1n);
  if (to !== agentId && agentId > (await contracts.AgentRegistry.agentCount())) {
    throw new Mistake(`AGORA_TO is agent:${agentId}: there is no such agent`);
  }
  return to;
}

await command(async () => {
  const market = await connectToMarket();
  const { ethers, signer, contracts } = market;
  const amount = credits("AGORA_CREDITS");
  const to = await recipient(market);
  await provide(market, amount);
  await send(contracts, contracts.Ledger.deposit, to, amount);
  const { free } = await contracts.Ledger.balanceOf(to);
  const name = text("AGORA_TO", signer.address);
  console.log(
    `Deposited ${ethers.formatUnits(amount, 6)} credits; ${name} has ${ethers.formatUnits(free, 6)} free.`,
  );
});
