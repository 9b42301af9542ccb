/**
 * Whole lives of tasks on a real node, through the addresses that deploy-all.js wrote and nothing else:
 * every event and every balance of every step.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import hre from "hardhat";

import { AGENTS, Market } from "../support/market.js";
import { deployAll, startNode } from "../support/node.js";

const CREDIT = 1_000_000n;
const RESERVE = 10n * CREDIT;
const BOND = 1n * CREDIT;
const FEE_BPS = 250n;
const BOND_PERCENT = 10n;
const NAMED_WEIGHT = 25n;
/** In thousandths of a credit. */
const SEAT_FEE = 10n;
const PANEL_FEE = 3n * SEAT_FEE * 1_000n;
const APPEAL_FEE = 7n * SEAT_FEE * 1_000n;
const COMPENSATION = 1n * CREDIT;
const ESCROW = RESERVE + COMPENSATION + APPEAL_FEE;
const SEATS = 7n;
const STAKE = 10n * CREDIT;
const LEAVE_DELAY = 60n;
const WINDOW = 600n;
const PROMISE = 60n;
/** Of `Round`: a panel, for the first time. */
const UNSEALED = 2n;
const SECOND_PRICE = 0n;
const FIRST_PRICE = 1n;
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

describe("the market that deploy-all.js deployed", () => {
  let directory, file, node, connection, ethers, market;
  let people, accounts, addresses, token, ledger, registry, tasks, auction, incentives;
  let messages, marketplace, actions, pool;
  let specification, secret, seal, skill, work, result;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "agora-"));
    file = path.join(directory, "addresses.json");
    node = await startNode();
    await deployAll(node.url, file);
    connection = await hre.network.create({
      network: "localhost",
      override: { url: node.url },
    });
    ethers = connection.ethers;
    market = await Market.at(ethers, file);
    ({ people, accounts, addresses } = market);
    ({ CreditToken: token, Ledger: ledger, AgentRegistry: registry } = market.contracts);
    ({ TaskManager: tasks, BidAuction: auction, IncentiveEngine: incentives } = market.contracts);
    ({ MessageHub: messages, TaskMarketplace: marketplace, ActionLogger: actions } = market.contracts);
    pool = market.contracts.EvaluatorPool;
    specification = ethers.sha256(ethers.toUtf8Bytes("a specification"));
    work = ethers.toUtf8Bytes("a result");
    result = ethers.sha256(work);
    secret = ethers.id("a secret");
    seal = ethers.keccak256(secret);
    skill = ethers.dataSlice(ethers.encodeBytes32String("analysis"), 0, 16);
  });

  after(async () => {
    await connection?.close();
    await node?.stop();
    await rm(directory, { recursive: true });
  });

  /* EVENTS AND MOVES */

  const transfer = (from, to, amount) => ["CreditToken", "Transfer", from, to, amount];
  const locked = (name, amount) => ["Ledger", "Locked", accounts[name], amount];
  const unlocked = (name, amount) => ["Ledger", "Unlocked", accounts[name], amount];
  const burned = (name, amount) => ["Ledger", "Burned", accounts[name], amount];
  const paid = (from, to, amount) => ["Ledger", "Paid", accounts[from], accounts[to], amount];

  const created = (id, params) => [
    [
      "TaskManager",
      "TaskCreated",
      id,
      people.requester.address,
      skill,
      Object.values(params),
      FEE_BPS,
      BOND_PERCENT,
      SEAT_FEE,
      NAMED_WEIGHT,
    ],
    locked("requester", ESCROW),
  ];
  const refunded = (task) => [
    ["TaskManager", "TaskRefunded", task.id, ESCROW],
    unlocked("requester", ESCROW),
  ];
  const evaluated = (task, score) => [
    "TaskManager",
    "TaskEvaluated",
    task.id,
    people.evaluator.address,
    score,
  ];
  const settled = (task, fee, silent) => [
    ["TaskManager", "TaskSettled", task.id, AGENTS[task.winner], task.price, fee, silent],
    paid("requester", task.winner, task.price - fee),
    paid("requester", "treasury", fee),
    unlocked("requester", ESCROW - task.price),
    unlocked(task.winner, BOND),
  ];
  const reputed = (name, score, experience, merit) => [
    "IncentiveEngine",
    "ReputationUpdated",
    AGENTS[name],
    skill,
    0n,
    score,
    0n,
    experience,
    merit,
  ];

  const locks = (name, amount) => ({
    [`${name}.free`]: -amount,
    [`${name}.locked`]: amount,
  });
  const unlocks = (name, amount) => locks(name, -amount);
  const settles = ({ winner, price }, fee) => ({
    "requester.locked": -ESCROW,
    "requester.free": ESCROW - price,
    "treasury.free": fee,
    [`${winner}.locked`]: -BOND,
    [`${winner}.free`]: BOND + price - fee,
  });

  /* STEPS */

  const byAnyone = (contract) => contract.connect(people.anyone);

  const assertState = async (task, state) => assert.equal(STATES[await tasks.stateOf(task.id)], state);

  const paramsOf = (mode) => ({
    specification,
    seal,
    skill,
    mode,
    reserve: RESERVE,
    evaluator: people.evaluator.address,
    passingScore: 60n,
    biddingWindow: WINDOW,
    revealWindow: WINDOW,
    deliveryWindow: WINDOW,
    reviewWindow: WINDOW,
    parentId: 0n,
  });

  async function post(mode = SECOND_PRICE) {
    const id = (await tasks.taskCount()) + 1n;
    const params = paramsOf(mode);
    const time = await market.step(() => tasks.connect(people.requester).createTask(params), {
      events: () => created(id, params),
      moves: locks("requester", ESCROW),
    });
    return { id, biddingEnd: time + WINDOW, revealEnd: time + 2n * WINDOW };
  }

  async function commit(task, name, price) {
    const id = AGENTS[name];
    const salt = ethers.hexlify(ethers.randomBytes(32));
    const digest = await auction.commitmentOf(task.id, id, price, PROMISE, salt);
    const quality = await incentives.qualityOf(id, skill);
    await market.step(() => auction.connect(people[name]).commit(task.id, id, digest), {
      events: () => [["BidAuction", "BidCommitted", task.id, id, digest, quality, false], locked(name, BOND)],
      moves: locks(name, BOND),
    });
    return { name, id, price, salt, quality };
  }

  /** Only the bid that leads keeps its bond: `displaced` names whose goes back, if anyone's. */
  async function reveal(task, { id, price, salt, quality }, displaced) {
    await market.step(() => byAnyone(auction).reveal(task.id, id, price, PROMISE, salt), {
      events: () => [
        ["BidAuction", "BidRevealed", task.id, id, price, PROMISE, quality],
        ...(displaced ? [unlocked(displaced, BOND)] : []),
      ],
      moves: displaced ? unlocks(displaced, BOND) : {},
    });
  }

  /** Commits and reveals the bids; `ranked` names their bidders, best first. */
  async function auctionOff(task, bids, { ranked, price }) {
    const sealed = [];
    for (const [name, bid] of Object.entries(bids)) sealed.push(await commit(task, name, bid));
    await market.warpTo(task.biddingEnd);
    let leader;
    for (const bid of sealed) {
      const worse = [leader, bid.name]
        .filter(Boolean)
        .sort((a, b) => ranked.indexOf(b) - ranked.indexOf(a))[0];
      await reveal(task, bid, leader && worse);
      leader = worse === leader ? bid.name : (leader ?? bid.name);
    }
    await market.warpTo(task.revealEnd);
    const [winner] = ranked;
    const id = AGENTS[winner];
    const time = await market.step(() => byAnyone(auction).finalize(task.id), {
      events: (now) => [
        ["BidAuction", "AuctionFinalized", task.id, id, price],
        ["TaskManager", "TaskAwarded", task.id, id, price, now + PROMISE, now + WINDOW],
      ],
    });
    Object.assign(task, { winner, price, deadline: time + WINDOW });
    await assertState(task, "Awarded");
  }

  async function submit(task) {
    const id = AGENTS[task.winner];
    const time = await market.step(() => tasks.connect(people[task.winner]).submit(task.id, result), {
      events: (now) => [["TaskManager", "ResultSubmitted", task.id, id, result, 0n, now + WINDOW]],
    });
    task.deadline = time + WINDOW;
    await assertState(task, "Submitted");
  }

  async function withdraw(name, person, amount) {
    const { address } = people[person];
    await market.step(() => ledger.connect(people[person]).withdraw(accounts[name], address, amount), {
      events: () => [
        ["Ledger", "Withdrawn", accounts[name], address, amount],
        transfer(addresses.Ledger, address, amount),
      ],
      moves: {
        [`${name}.free`]: -amount,
        [`${person}.tokens`]: amount,
        vault: -amount,
      },
    });
  }

  /* LIVES */

  it("registers agents", async () => {
    const walletKey = ethers.id("agentWallet");
    for (const [name, id] of Object.entries(AGENTS)) {
      const { address } = people[name];
      const uri = `ipfs://${name}`;
      await market.step(() => registry.connect(people[name])["register(string)"](uri), {
        events: () => [
          ["AgentRegistry", "MetadataUpdate", id],
          ["AgentRegistry", "Registered", id, uri, address],
          ["AgentRegistry", "MetadataSet", id, walletKey, "agentWallet", address.toLowerCase()],
          ["AgentRegistry", "Transfer", ethers.ZeroAddress, address, id],
        ],
      });
      assert.equal(await registry.tokenURI(id), uri);
      assert.equal(await registry.getAgentWallet(id), address);
    }
  });

  it("takes deposits", async () => {
    const amounts = {
      requester: 100n * CREDIT,
      ada: 5n * CREDIT,
      ben: 5n * CREDIT,
      cleo: 5n * CREDIT,
      judge: SEATS * STAKE,
    };
    for (const [name, amount] of Object.entries(amounts)) {
      const { address } = people[name];
      await market.step(() => token.connect(people.deployer).mint(address, amount), {
        events: () => [transfer(ethers.ZeroAddress, address, amount)],
        moves: { [`${name}.tokens`]: amount, supply: amount },
      });
      await market.step(() => token.connect(people[name]).approve(addresses.Ledger, amount), {
        events: () => [["CreditToken", "Approval", address, addresses.Ledger, amount]],
      });
      await market.step(() => ledger.connect(people[name]).deposit(accounts[name], amount), {
        events: () => [
          ["Ledger", "Deposited", accounts[name], address, amount],
          transfer(address, addresses.Ledger, amount),
        ],
        moves: {
          [`${name}.tokens`]: -amount,
          [`${name}.free`]: amount,
          vault: amount,
        },
      });
    }
  });

  it("seats evaluators", async () => {
    for (let seat = 0n; seat < SEATS; seat++) {
      await market.step(() => pool.connect(people.judge).takeSeat(), {
        events: () => [
          ["EvaluatorPool", "SeatTaken", seat, people.judge.address, STAKE],
          locked("judge", STAKE),
        ],
        moves: locks("judge", STAKE),
      });
    }
    await market.warpTo(BigInt((await ethers.provider.getBlock("latest")).timestamp) + WINDOW);
  });

  it("pays the winner the second price, and lets it withdraw", async () => {
    const task = await post();
    await auctionOff(
      task,
      { ada: 9n * CREDIT, ben: 6n * CREDIT, cleo: 8n * CREDIT },
      { ranked: ["ben", "cleo", "ada"], price: 8n * CREDIT },
    );
    await submit(task);
    const fee = 200_000n;
    await market.step(() => tasks.connect(people.evaluator).evaluate(task.id, 90n), {
      events: () => [
        evaluated(task, 90n),
        ...settled(task, fee, false),
        reputed("ben", 90n, 2_000_000n, 1_800_000n),
        ["IncentiveEngine", "FeedbackAllowed", AGENTS.ben, people.requester.address, 0n],
      ],
      moves: settles(task, fee),
    });
    await assertState(task, "Settled");
    assert.equal(await incentives.qualityOf(AGENTS.ben, skill), 5_088n);
    await withdraw("ben", "ben", 7_800_000n);
    await withdraw("treasury", "treasury", fee);
  });

  it("refunds a rejected task and burns half of the bond", async () => {
    const task = await post(FIRST_PRICE);
    await auctionOff(
      task,
      { ada: 7n * CREDIT, cleo: 8n * CREDIT },
      { ranked: ["ada", "cleo"], price: 7n * CREDIT },
    );
    await submit(task);
    const rejectedAt = await market.step(() => tasks.connect(people.evaluator).evaluate(task.id, 59n), {
      events: (now) => [
        evaluated(task, 59n),
        ["TaskManager", "TaskRejected", task.id, AGENTS.ada, now + WINDOW],
      ],
    });
    await assertState(task, "Rejected");
    await market.warpTo(rejectedAt + WINDOW);
    await market.step(() => byAnyone(tasks).closeRejected(task.id), {
      events: () => [
        burned("ada", BOND / 2n),
        unlocked("ada", BOND / 2n),
        ...refunded(task),
        reputed("ada", 59n, 1_750_000n, 1_032_500n),
      ],
      moves: {
        ...unlocks("requester", ESCROW),
        "ada.locked": -BOND,
        "ada.free": BOND / 2n,
        pendingBurn: BOND / 2n,
      },
    });
    await assertState(task, "Refunded");
  });

  it("gives the bond of a worker that does not deliver to the requester", async () => {
    const task = await post();
    // A bidder that is alone would be paid the reserve.
    await auctionOff(task, { cleo: 5n * CREDIT }, { ranked: ["cleo"], price: RESERVE });
    await market.warpTo(task.deadline);
    await market.step(() => byAnyone(tasks).declareDefault(task.id), {
      events: () => [
        ["TaskManager", "TaskDefaulted", task.id, AGENTS.cleo, BOND, 0n],
        paid("cleo", "requester", BOND),
        reputed("cleo", 0n, 2_500_000n, 0n),
        ...refunded(task),
      ],
      moves: {
        "requester.locked": -ESCROW,
        "requester.free": ESCROW + BOND,
        "cleo.locked": -BOND,
      },
    });
    await assertState(task, "Refunded");
  });

  it("pays a worker whose evaluator is silent", async () => {
    const task = await post();
    // Both ask for the same; Ben's quality is 5088 by now and Ada's 5050, which Ben is paid for.
    const price = 8_060_198n;
    await auctionOff(task, { ada: 8n * CREDIT, ben: 8n * CREDIT }, { ranked: ["ben", "ada"], price });
    await submit(task);
    await market.warpTo(task.deadline);
    const fee = 201_504n;
    await market.step(() => byAnyone(tasks).release(task.id), {
      events: () => [
        ...settled(task, fee, true),
        ["IncentiveEngine", "FeedbackAllowed", AGENTS.ben, people.requester.address, 0n],
      ],
      moves: settles(task, fee),
    });
    await assertState(task, "Settled");
    assert.equal(await incentives.qualityOf(AGENTS.ben, skill), 5_088n, "silence moves no reputation");
  });

  /** From a rejected submission to the drawn panel's seats. */
  async function convene(task) {
    const file = { specification, seal, result };
    const { createdAt } = await tasks.getTask(task.id);
    const entropy = await auction.entropyOf(task.id, AGENTS.ben);
    const kase = [addresses.TaskManager, task.id];
    await market.step(() => tasks.connect(people.ben).dispute(task.id, file, work), {
      events: (now) => [
        ["TaskManager", "TaskDisputed", task.id, AGENTS.ben, now + WINDOW, ethers.hexlify(work)],
        locked("ben", APPEAL_FEE),
        ["TaskManager", "PanelConvened", task.id],
        ["EvaluatorPool", "CaseConvened", ...kase, 3n, PANEL_FEE, createdAt, WINDOW, entropy],
      ],
      moves: locks("ben", APPEAL_FEE),
    });
    const next = BigInt(await ethers.provider.getBlockNumber()) + 1n;
    await market.step(() => tasks.connect(people.requester).unseal(task.id, file, secret), {
      events: () => [
        ["TaskManager", "SecretShown", task.id, secret],
        ["EvaluatorPool", "CaseUnsealed", ...kase, secret],
        ["EvaluatorPool", "DrawFixed", ...kase, 1n, next + 1n, SEATS],
      ],
    });
    await ethers.provider.send("evm_mine");
    const seats = async () => (await pool.membersOf(...kase)).map((vote) => vote.seat);
    await (await byAnyone(pool).draw(...kase)).wait();
    return seats();
  }

  /** Every seat of the panel gives the same score, sealed and then opened. */
  async function judge(task, seats, score) {
    const kase = [addresses.TaskManager, task.id];
    const { since } = await pool.panelOf(...kase);
    for (const seat of seats) {
      const digest = await pool.scoreDigest(...kase, 1n, seat, score, result);
      await market.step(() => pool.connect(people.judge).commitScore(...kase, seat, digest), {
        events: () => [["EvaluatorPool", "ScoreCommitted", ...kase, seat, 1n, digest]],
      });
    }
    await market.warpTo(since + WINDOW);
    for (const seat of seats) {
      await market.step(() => pool.connect(people.judge).revealScore(...kase, seat, score, result), {
        events: () => [["EvaluatorPool", "ScoreRevealed", ...kase, seat, 1n, score]],
      });
    }
    await market.warpTo(since + 2n * WINDOW);
    const pay = PANEL_FEE / 3n;
    return market.step(() => byAnyone(pool).tally(...kase), {
      events: (now) => [
        ["EvaluatorPool", "PanelTallied", ...kase, 1n, 3n],
        ["EvaluatorPool", "CaseClosed", ...kase, true, score],
        ["TaskManager", "TaskRuled", task.id, score, UNSEALED, now + WINDOW],
        paid("requester", "pool", PANEL_FEE),
        locked("pool", PANEL_FEE),
        ...seats.flatMap((seat) => [
          ["EvaluatorPool", "EvaluatorPaid", ...kase, seat, people.judge.address, pay],
          paid("pool", "judge", pay),
        ]),
      ],
      moves: { "requester.locked": -PANEL_FEE, "judge.free": PANEL_FEE },
    });
  }

  it("lets a panel overturn a rejection, at the requester's cost", async () => {
    const task = await post();
    await auctionOff(task, { ben: 6n * CREDIT }, { ranked: ["ben"], price: RESERVE });
    await submit(task);
    await (await tasks.connect(people.evaluator).evaluate(task.id, 10n)).wait();
    await assertState(task, "Rejected");
    const seats = await convene(task);
    assert.equal(new Set(seats).size, 3);
    const ruledAt = await judge(task, seats, 80n);
    await assertState(task, "Ruled");
    await market.warpTo(ruledAt + WINDOW);
    const fee = 250_000n;
    await market.step(() => byAnyone(tasks).closeRuled(task.id), {
      events: () => [
        ["TaskManager", "WorkerCompensated", task.id, AGENTS.ben, COMPENSATION],
        paid("requester", "ben", COMPENSATION),
        ["TaskManager", "TaskSettled", task.id, AGENTS.ben, RESERVE, fee, false],
        paid("requester", "ben", RESERVE - fee),
        paid("requester", "treasury", fee),
        unlocked("requester", APPEAL_FEE - PANEL_FEE),
        unlocked("ben", BOND + APPEAL_FEE),
        // A panel's word counts in full: ten credits' worth, after the two of the first task.
        reputed("ben", 80n, 12_000_000n, 9_800_000n),
        ["IncentiveEngine", "FeedbackAllowed", AGENTS.ben, people.requester.address, 0n],
      ],
      moves: {
        "requester.locked": PANEL_FEE - ESCROW,
        "requester.free": APPEAL_FEE - PANEL_FEE,
        "treasury.free": fee,
        "ben.locked": -BOND - APPEAL_FEE,
        "ben.free": BOND + APPEAL_FEE + COMPENSATION + RESERVE - fee,
      },
    });
    await assertState(task, "Settled");
  });

  it("expires a task whose bids stay sealed, and burns their bonds", async () => {
    const task = await post();
    await commit(task, "ada", 1n * CREDIT);
    await market.warpTo(task.revealEnd);
    await market.step(() => byAnyone(auction).finalize(task.id), {
      events: () => [
        ["BidAuction", "AuctionFinalized", task.id, 0n, 0n],
        ["TaskManager", "TaskExpired", task.id],
        ...refunded(task),
      ],
      moves: unlocks("requester", ESCROW),
    });
    await assertState(task, "Expired");
    await market.step(() => byAnyone(auction).forfeit(task.id, AGENTS.ada), {
      events: () => [["BidAuction", "BondForfeited", task.id, AGENTS.ada, BOND], burned("ada", BOND)],
      moves: { "ada.locked": -BOND, pendingBurn: BOND },
    });
  });

  it("takes a permit for the escrow, and gives a cancelled task back", async () => {
    const { address } = people.requester;
    await (await token.connect(people.deployer).mint(address, ESCROW)).wait();
    const params = paramsOf(SECOND_PRICE);
    const permit = await market.signPermit(people.requester, ESCROW);
    const id = (await tasks.taskCount()) + 1n;
    await market.step(() => tasks.connect(people.requester).createTaskWithPermit(params, permit), {
      events: () => [
        ["CreditToken", "Approval", address, addresses.Ledger, ESCROW],
        ["Ledger", "Deposited", accounts.requester, address, ESCROW],
        transfer(address, addresses.Ledger, ESCROW),
        ...created(id, params),
      ],
      moves: {
        "requester.tokens": -ESCROW,
        "requester.locked": ESCROW,
        vault: ESCROW,
      },
    });
    await market.step(() => tasks.connect(people.requester).cancel(id), {
      events: () => [["TaskManager", "TaskCancelled", id], ...refunded({ id })],
      moves: unlocks("requester", ESCROW),
    });
    await assertState({ id }, "Cancelled");
  });

  it("delivers letters for the recipient's postage", async () => {
    const [from, to, postage] = [accounts.requester, accounts.ada, CREDIT / 10n];
    await market.step(() => messages.connect(people.ada).setPostage(to, postage), {
      events: () => [["MessageHub", "PostageSet", to, postage]],
    });
    const body = ethers.sha256(ethers.toUtf8Bytes("a question"));
    const letter = { from, to, taskId: 0n, maxPostage: postage, digest: body, payload: "0x" };
    await market.step(() => messages.connect(people.requester).send(letter), {
      events: () => [
        ["MessageHub", "MessageSent", 1n, 1n, from, to, 0n, postage, body, "0x"],
        ["Ledger", "Held", accounts.requester, accounts.requester, postage],
        paid("requester", "ada", postage),
      ],
      moves: { "requester.free": -postage, "ada.free": postage },
    });
    const answer = { ...letter, from: to, to: from, digest: ethers.ZeroHash, payload: "0xabcd" };
    await market.step(() => messages.connect(people.ada).reply(1n, answer), {
      events: () => [["MessageHub", "MessageSent", 2n, 1n, to, from, 0n, 0n, ethers.ZeroHash, "0xabcd"]],
    });
  });

  it("keeps the roots of what agents did", async () => {
    const one = { sequence: 1n, digest: result };
    const root = await actions.leafOf(AGENTS.ada, one);
    await market.step(() => actions.connect(people.ada).commitBatch(AGENTS.ada, 1n, root, 1n), {
      events: () => [["ActionLogger", "BatchCommitted", AGENTS.ada, 1n, people.ada.address, root, 1n, 1n]],
    });
    assert.equal(await actions.verify(AGENTS.ada, 1n, one, []), true);
    assert.equal(await actions.verify(AGENTS.ben, 1n, one, []), false);
  });

  it("shows every task by the page, newest first", async () => {
    const filter = { skill, states: 0n, modes: 0n, minReserve: 0n, maxReserve: 0n };
    const ids = [];
    let cursor = 0n;
    do {
      const [page, next] = await marketplace.browse(filter, cursor, 4n);
      ids.push(...page.map((listing) => listing.taskId));
      cursor = next;
    } while (cursor !== 0n);
    const count = await tasks.taskCount();
    assert.deepEqual(
      ids,
      Array.from({ length: Number(count) }, (_, i) => count - BigInt(i)),
    );
  });

  it("destroys what was burned, and lets everyone leave with the rest", async () => {
    const amount = BOND / 2n + BOND;
    await market.step(() => byAnyone(ledger).flushBurn(), {
      events: () => [
        ["Ledger", "BurnFlushed", amount],
        transfer(addresses.Ledger, ethers.ZeroAddress, amount),
      ],
      moves: { pendingBurn: -amount, vault: -amount, supply: -amount },
    });
    for (let seat = 0n; seat < SEATS; seat++) {
      await (await pool.connect(people.judge).announceLeave(seat)).wait();
    }
    await market.warpTo(BigInt((await ethers.provider.getBlock("latest")).timestamp) + LEAVE_DELAY);
    // From the last to the first, so that no seat moves into a gap.
    for (let seat = SEATS - 1n; seat >= 0n; seat--) await (await byAnyone(pool).leaveSeat(seat)).wait();
    for (const [name, account] of Object.entries(accounts)) {
      if (name === "pool") continue;
      const { free, locked: kept } = await ledger.balanceOf(account);
      assert.equal(kept, 0n, `${name} has nothing locked`);
      await withdraw(name, name, free);
    }
    const sums = await market.sums();
    assert.equal(sums.vault, 0n, "the vault is empty");
    assert.equal(
      sums.supply,
      115n * CREDIT + ESCROW + SEATS * STAKE - amount,
      "what was minted is left but for what was burned",
    );
  });

  it("is not deployed twice", async () => {
    const earlier = await readFile(file);
    const block = await ethers.provider.getBlockNumber();
    const printed = await deployAll(node.url, file);
    assert.match(printed, /deployed on chain 31337 already; nothing was changed/);
    assert.deepEqual(await readFile(file), earlier);
    assert.equal(await ethers.provider.getBlockNumber(), block);
  });
});
