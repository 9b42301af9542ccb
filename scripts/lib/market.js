/** Deploys the market's contracts, hands them over to the vote, and checks what was done. */
import { Mistake } from "./mistake.js";
import { CONTRACTS, PLAN, foundingRulesOf, marketOf, rulesOf } from "./plan.js";

export { CONTRACTS };

// A call to a contract that is not mined yet cannot be estimated; what is left over is not charged.
const CALL_GAS = 500_000;
const POLL_MS = 100;
const ADMIN = "DEFAULT_ADMIN_ROLE";

/**
 * Everything that the deployer sends, in the order of its nonces from `firstNonce`. The contracts name each other as
 * immutables, so every address is computed before the first one exists.
 */
export async function planDeployment(ethers, deployer, firstNonce) {
  const { chainId } = await ethers.provider.getNetwork();
  const from = deployer.address;
  const contracts = Object.fromEntries(
    CONTRACTS.map((name, i) => [name, ethers.getCreateAddress({ from, nonce: firstNonce + i })]),
  );
  const market = marketOf(contracts, from, foundingRulesOf(chainId));
  const steps = [];
  for (const { name, args } of PLAN) {
    const factory = await ethers.getContractFactory(name, deployer);
    const { data } = await factory.getDeployTransaction(...(args?.(market) ?? [market.wiring]));
    steps.push({ name, data, code: factory.bytecode });
  }
  const { interface: token } = await ethers.getContractFactory("CreditToken");
  for (const [call, ...args] of handover(ethers, market)) {
    const data = token.encodeFunctionData(call, args);
    steps.push({ name: `CreditToken.${call}`, to: contracts.CreditToken, data, gasLimit: CALL_GAS });
  }
  const firstBlock = (await ethers.provider.getBlockNumber()) + 1;
  return { chainId, market, contracts, steps, firstNonce, firstBlock };
}

/** The deployer ends as the faucet of a development chain, and as nobody anywhere else. */
function handover(ethers, { deployer, rules, TimelockController: timelock }) {
  const minter = ethers.id("MINTER_ROLE");
  const founding = [
    ["mint", deployer, rules.founding],
    ["renounceRole", minter, deployer],
  ];
  return [
    ["grantRole", minter, deployer],
    ...(rules.faucet ? [] : founding),
    ["grantRole", ethers.ZeroHash, timelock],
    ["renounceRole", ethers.ZeroHash, deployer],
  ];
}

/** Sends the steps that were not sent yet, all at once, waits until they are mined, and checks the outcome. */
export async function carryOut(ethers, deployer, plan) {
  const { market, contracts, steps, firstNonce, firstBlock } = plan;
  const sent = (await ethers.provider.getTransactionCount(deployer.address, "pending")) - firstNonce;
  for (const [i, { to, data, gasLimit }] of steps.entries()) {
    if (i >= sent) await deployer.sendTransaction({ to, data, gasLimit, nonce: firstNonce + i });
  }
  while ((await deployer.getNonce("latest")) < firstNonce + steps.length) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const absent = await missing(ethers.provider, contracts);
  if (absent.length > 0)
    throw new Mistake(`The creation of ${absent.join(", ")} failed: begin the deployment anew`);
  await checkWiring(ethers, contracts);
  await checkRoles(ethers, market, firstBlock);
  return { contracts, deployBlock: firstBlock };
}

/** The whole deployment in one go. */
export async function deployMarket(ethers, deployer) {
  const plan = await planDeployment(ethers, deployer, await deployer.getNonce());
  return carryOut(ethers, deployer, plan);
}

/* CHECKS */

/** Throws unless every contract points at the others as deployed. */
export async function checkWiring(ethers, contracts) {
  const { chainId } = await ethers.provider.getNetwork();
  const market = marketOf(contracts, undefined, rulesOf(chainId));
  for (const { name, knows } of PLAN) {
    const contract = await ethers.getContractAt(name, contracts[name]);
    for (const [getter, expected] of Object.entries(knows?.(market) ?? {})) {
      expect(`${name}.${getter}`, await contract[getter](), expected);
    }
  }
}

/** Throws unless every role is held by whom the plan names, and by nobody else: all grants since are added up. */
export async function checkRoles(ethers, market, fromBlock) {
  const nameOf = new Map(CONTRACTS.map((name) => [market[name], name]));
  const holders = new Map();
  const { interface: abi } = await ethers.getContractFactory("CreditToken");
  const topics = [["RoleGranted", "RoleRevoked"].map((event) => abi.getEvent(event).topicHash)];
  for (const log of await ethers.provider.getLogs({ address: [...nameOf.keys()], topics, fromBlock })) {
    const { name: event, args } = abi.parseLog(log);
    const key = `${nameOf.get(log.address)} ${args.role}`;
    if (!holders.has(key)) holders.set(key, new Set());
    if (event === "RoleGranted") holders.get(key).add(args.account);
    else holders.get(key).delete(args.account);
  }
  for (const { name, roles } of PLAN) {
    for (const [role, expected] of Object.entries(roles?.(market) ?? {})) {
      const key = `${name} ${role === ADMIN ? ethers.ZeroHash : ethers.id(role)}`;
      expect(`${name}'s ${role}`, [...(holders.get(key) ?? [])].sort().join(), [...expected].sort().join());
      holders.delete(key);
    }
  }
  for (const [key, accounts] of holders) expect(`the holders of ${key}`, [...accounts].join(), "");
}

function expect(what, found, expected) {
  if (found !== expected) throw new Error(`wrong wiring: ${what} is ${found}, should be ${expected}`);
}

/** The contracts of a deployment that have no code. */
export async function missing(provider, contracts) {
  const codes = await Promise.all(
    CONTRACTS.map((name) => (contracts[name] ? provider.getCode(contracts[name]) : "0x")),
  );
  return CONTRACTS.filter((_, i) => codes[i] === "0x");
}
