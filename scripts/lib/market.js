/** Deploys the market's contracts and wires them; used by deploy-all.js and by tests. */
export const CONTRACTS = [
  "CreditToken",
  "Ledger",
  "AgentRegistry",
  "TaskManager",
  "BidAuction",
  "IncentiveEngine",
  "MessageHub",
  "TaskMarketplace",
  "ActionLogger",
];

const DEV_CHAIN_ID = 31337n;
const TOKEN_CAP = 1_000_000_000n * 10n ** 6n;
const FEE_BPS = 250;

// Windows shorter than a few blocks cannot be met; a public chain's blocks are slower and its clocks looser.
const minWindowOf = (chainId) => (chainId === DEV_CHAIN_ID ? 5 : 60);

/**
 * The contracts name each other as immutables, so every address is computed from the deployer's nonce
 * before the first one exists. All transactions go out at once and are mined in order of their nonces.
 */
export async function deployMarket(ethers, deployer) {
  const { chainId } = await ethers.provider.getNetwork();
  let nonce = await deployer.getNonce();
  const from = deployer.address;
  const contracts = Object.fromEntries(
    CONTRACTS.map((name, i) => [name, ethers.getCreateAddress({ from, nonce: nonce + i })]),
  );
  const wiring = [
    contracts.CreditToken,
    contracts.Ledger,
    contracts.AgentRegistry,
    contracts.TaskManager,
    contracts.BidAuction,
    contracts.IncentiveEngine,
    contracts.MessageHub,
    contracts.EvaluatorPool ?? ethers.ZeroAddress,
    contracts.UsageMeter ?? ethers.ZeroAddress,
    contracts.RaceBoard ?? ethers.ZeroAddress,
    contracts.MarketParameters ?? ethers.ZeroAddress,
  ];
  const constructorArguments = {
    CreditToken: [from, TOKEN_CAP],
    TaskManager: [wiring, from, from, minWindowOf(chainId), FEE_BPS],
  };

  const hashes = [];
  for (const name of CONTRACTS) {
    const factory = await ethers.getContractFactory(name, deployer);
    const transaction = await factory.getDeployTransaction(...(constructorArguments[name] ?? [wiring]));
    hashes.push((await deployer.sendTransaction({ ...transaction, nonce: nonce++ })).hash);
  }
  for (const [name, role] of rolesOf(chainId)) {
    const { interface: abi } = await ethers.getContractFactory(name);
    const data = abi.encodeFunctionData("grantRole", [ethers.id(role), from]);
    // The contract is not mined yet, so its gas cannot be estimated.
    const transaction = { to: contracts[name], data, gasLimit: 150_000, nonce: nonce++ };
    hashes.push((await deployer.sendTransaction(transaction)).hash);
  }
  const receipts = await Promise.all(hashes.map((hash) => ethers.provider.waitForTransaction(hash)));
  const failed = receipts.find((receipt) => receipt.status !== 1);
  if (failed) throw new Error(`deployment transaction ${failed.hash} failed: nothing was written, try again`);
  await checkWiring(ethers, contracts);
  return { contracts, deployBlock: Math.min(...receipts.map((receipt) => receipt.blockNumber)) };
}

/** On a development chain the deployer is the faucet; elsewhere minting waits for the admin's decision. */
const rolesOf = (chainId) => [
  ["TaskManager", "PARAMETERS_ROLE"],
  ...(chainId === DEV_CHAIN_ID ? [["CreditToken", "MINTER_ROLE"]] : []),
];

/** Throws unless every contract points at the others as deployed and the roles are as intended. */
export async function checkWiring(ethers, contracts) {
  const at = async (name) => ethers.getContractAt(name, contracts[name]);
  const found = await Promise.all(CONTRACTS.slice(1).map(at));
  const [ledger, registry, tasks, auction, incentives, messages, marketplace, actions] = found;
  const checks = [
    ["Ledger.token", await ledger.token(), contracts.CreditToken],
    ["Ledger.registry", await ledger.registry(), contracts.AgentRegistry],
    ["Ledger.tasks", await ledger.tasks(), contracts.TaskManager],
    ["Ledger.auction", await ledger.auction(), contracts.BidAuction],
    ["Ledger.messages", await ledger.messages(), contracts.MessageHub],
    ["AgentRegistry.ledger", await registry.ledger(), contracts.Ledger],
    ["TaskManager.ledger", await tasks.ledger(), contracts.Ledger],
    ["TaskManager.registry", await tasks.registry(), contracts.AgentRegistry],
    ["TaskManager.auction", await tasks.auction(), contracts.BidAuction],
    ["TaskManager.incentives", await tasks.incentives(), contracts.IncentiveEngine],
    ["BidAuction.ledger", await auction.ledger(), contracts.Ledger],
    ["BidAuction.registry", await auction.registry(), contracts.AgentRegistry],
    ["BidAuction.tasks", await auction.tasks(), contracts.TaskManager],
    ["BidAuction.incentives", await auction.incentives(), contracts.IncentiveEngine],
    ["IncentiveEngine.registry", await incentives.registry(), contracts.AgentRegistry],
    ["IncentiveEngine.tasks", await incentives.tasks(), contracts.TaskManager],
    ["MessageHub.ledger", await messages.ledger(), contracts.Ledger],
    ["MessageHub.registry", await messages.registry(), contracts.AgentRegistry],
    ["MessageHub.tasks", await messages.tasks(), contracts.TaskManager],
    ["TaskMarketplace.registry", await marketplace.registry(), contracts.AgentRegistry],
    ["TaskMarketplace.tasks", await marketplace.tasks(), contracts.TaskManager],
    ["TaskMarketplace.incentives", await marketplace.incentives(), contracts.IncentiveEngine],
    ["ActionLogger.registry", await actions.registry(), contracts.AgentRegistry],
  ];
  for (const [what, found, expected] of checks) {
    if (found !== expected) throw new Error(`wrong wiring: ${what} is ${found}, should be ${expected}`);
  }
}

/** Whether every contract of a deployment still has code. */
export async function isDeployed(provider, contracts) {
  const codes = await Promise.all(CONTRACTS.map((name) => provider.getCode(contracts[name])));
  return codes.every((code) => code !== "0x");
}
