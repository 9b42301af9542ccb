/**
 * What is deployed: a line for each contract, in the order of the deployer's nonces.
 *
 * `args` are the constructor's arguments, by default the wiring alone. `knows` is what its getters must return
 * afterwards, and `roles` who must hold which of its roles: nobody else, and no role that is not named.
 * All three are functions of the market: the address of each contract by its name, `wiring`, `deployer`, `rules`.
 */
import { Mistake } from "./mistake.js";

const DEV_CHAIN_ID = 31337n;
const CREDIT = 10n ** 6n;
const DAY = 86_400;
const ZERO = "0x0000000000000000000000000000000000000000";

const TOKEN_CAP = 1_000_000_000n * CREDIT;
const SEAT_STAKE = 10n * CREDIT;
const TIMELOCK_DELAY = 2 * DAY;

/** The contracts of `struct Wiring`, in its order. */
const WIRED = [
  "CreditToken",
  "Ledger",
  "AgentRegistry",
  "TaskManager",
  "BidAuction",
  "IncentiveEngine",
  "MessageHub",
  "EvaluatorPool",
  "UsageMeter",
  "RaceBoard",
  "MarketParameters",
];

export const PLAN = [
  {
    name: "CreditToken",
    args: (m) => [m.deployer, TOKEN_CAP],
    knows: () => ({ cap: TOKEN_CAP }),
    roles: (m) => ({
      DEFAULT_ADMIN_ROLE: [m.TimelockController],
      MINTER_ROLE: m.rules.faucet ? [m.deployer] : [],
    }),
  },
  {
    name: "Ledger",
    knows: (m) => ({
      token: m.CreditToken,
      registry: m.AgentRegistry,
      tasks: m.TaskManager,
      auction: m.BidAuction,
      messages: m.MessageHub,
      pool: m.EvaluatorPool,
      meter: m.UsageMeter,
      race: m.RaceBoard,
    }),
  },
  { name: "AgentRegistry", knows: (m) => ({ ledger: m.Ledger }) },
  {
    name: "TaskManager",
    args: (m) => [m.wiring, m.TimelockController],
    knows: (m) => ({
      ledger: m.Ledger,
      registry: m.AgentRegistry,
      auction: m.BidAuction,
      incentives: m.IncentiveEngine,
      pool: m.EvaluatorPool,
      race: m.RaceBoard,
      parameters: m.MarketParameters,
      treasury: BigInt(m.TimelockController),
    }),
  },
  {
    name: "BidAuction",
    knows: (m) => ({
      ledger: m.Ledger,
      registry: m.AgentRegistry,
      tasks: m.TaskManager,
      incentives: m.IncentiveEngine,
      race: m.RaceBoard,
    }),
  },
  { name: "IncentiveEngine", knows: (m) => ({ registry: m.AgentRegistry, tasks: m.TaskManager }) },
  {
    name: "MessageHub",
    knows: (m) => ({ ledger: m.Ledger, registry: m.AgentRegistry, tasks: m.TaskManager }),
  },
  {
    name: "EvaluatorPool",
    args: (m) => [m.wiring, SEAT_STAKE, m.rules.warmUp, m.rules.leaveDelay],
    knows: (m) => ({ ledger: m.Ledger, tasks: m.TaskManager, race: m.RaceBoard }),
  },
  {
    name: "UsageMeter",
    args: (m) => [m.wiring, m.rules.challengeWindow],
    knows: (m) => ({ ledger: m.Ledger, registry: m.AgentRegistry, parameters: m.MarketParameters }),
  },
  {
    name: "RaceBoard",
    knows: (m) => ({
      ledger: m.Ledger,
      registry: m.AgentRegistry,
      tasks: m.TaskManager,
      auction: m.BidAuction,
      pool: m.EvaluatorPool,
    }),
  },
  {
    name: "MarketParameters",
    args: (m) => [parametersOf(m.rules), m.rules.minWindow, m.TimelockController],
    knows: (m) => ({ floor: BigInt(m.rules.minWindow) }),
    roles: (m) => ({ PARAMETERS_ROLE: [m.TimelockController] }),
  },
  {
    name: "TaskMarketplace",
    knows: (m) => ({
      registry: m.AgentRegistry,
      tasks: m.TaskManager,
      auction: m.BidAuction,
      incentives: m.IncentiveEngine,
    }),
  },
  { name: "ActionLogger", knows: (m) => ({ registry: m.AgentRegistry }) },
  {
    name: "VotingCredits",
    args: (m) => [m.CreditToken],
    knows: (m) => ({ credits: m.CreditToken }),
  },
  {
    name: "TimelockController",
    // The zero address as executor: anyone may carry out what was decided. The zero address as admin: nobody.
    args: (m) => [TIMELOCK_DELAY, [m.MarketGovernor], [ZERO], ZERO],
    roles: (m) => ({
      DEFAULT_ADMIN_ROLE: [m.TimelockController],
      PROPOSER_ROLE: [m.MarketGovernor],
      CANCELLER_ROLE: [m.MarketGovernor],
      EXECUTOR_ROLE: [ZERO],
    }),
  },
  {
    name: "MarketGovernor",
    args: (m) => [m.VotingCredits, m.TimelockController, m.rules.leastQuorum],
    knows: (m) => ({ token: m.VotingCredits, timelock: m.TimelockController }),
  },
];

export const CONTRACTS = PLAN.map(({ name }) => name);

const parametersOf = (rules) => ({
  feeBps: 250,
  bondPercent: 10,
  namedWeight: 25,
  minWindow: rules.minWindow,
  maxWindow: 30 * DAY,
  seatFee: 10,
  overdraftLimit: CREDIT,
});

/**
 * What differs from chain to chain. On the development chain the deployer stays as the faucet, and there is no credit
 * yet. Anywhere else nobody can mint after the deployment but by a vote, and votes come from credits: so the
 * deployer founds the market with some. Windows are at least a few blocks of the chain.
 */
export function rulesOf(chainId) {
  if (chainId === DEV_CHAIN_ID) {
    const pace = { minWindow: 5, warmUp: 5, leaveDelay: 60, challengeWindow: 60 };
    return { ...pace, faucet: true, founding: 0n, leastQuorum: 1_000n * CREDIT };
  }
  const pace = { minWindow: 60, warmUp: DAY, leaveDelay: 3 * DAY, challengeWindow: DAY };
  return { ...pace, faucet: false, founding: 0n, leastQuorum: 0n };
}

/** The rules of a chain where the market is to be founded; throws where AGORA_FOUNDING_CREDITS is missing. */
export function foundingRulesOf(chainId) {
  const rules = rulesOf(chainId);
  if (rules.faucet) return rules;
  const text = process.env.AGORA_FOUNDING_CREDITS ?? "";
  const founding = /^[1-9]\d{0,9}$/.test(text) ? BigInt(text) * CREDIT : 0n;
  if (founding < 10n * CREDIT || founding > TOKEN_CAP) {
    throw new Mistake(
      `AGORA_FOUNDING_CREDITS is ${text === "" ? "not set" : text}: on chain ${chainId} there is no faucet, so say how ` +
        `many whole credits the deployer founds the market with, from 10 to ${TOKEN_CAP / CREDIT}`,
    );
  }
  return { ...rules, founding, leastQuorum: founding / 10n };
}

/** What the functions of the plan are functions of, from an address for each contract. */
export const marketOf = (contracts, deployer, rules) => ({
  ...contracts,
  deployer,
  rules,
  wiring: WIRED.map((name) => contracts[name]),
});
