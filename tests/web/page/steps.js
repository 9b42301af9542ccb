// Every step that a task's page offers after its posting, taken there, while the chain's time is moved on.

import assert from "node:assert/strict";

import { canonicalBytes } from "../../../web/src/wallet/specification.ts";
import { openPage } from "../support/browser.js";
import { accountOfAgent } from "../support/chain.js";
import { sharedTime } from "../support/clock.js";
import { accountOf, installWallet, NAME } from "../support/guest.js";
import { need } from "../support/packages.js";
import { eventsIn, judgeOf, partyOf } from "../support/party.js";
import { until } from "../support/until.js";

const { keccak256, numberToHex, sha256, stringToHex } = need("viem");

/** Seconds of each window: nothing ends before the test moves the time. */
const WINDOW = 600;
/** All stories share the machine. */
const PATIENCE_MS = 60_000;
const OPEN_BIDS = 2;
const [RESERVE, DEPOSIT, PRICE, BOND] = [10_000_000n, 1_070_000n, 4_000_000n, 1_000_000n];
const LOCKED = RESERVE + DEPOSIT;
const WAGE = PRICE - 100_000n;
const COMPENSATION = 1_000_000n;
const [PANEL_FEE, APPEAL_FEE] = [30_000n, 70_000n];
/** A panel of three and one of seven, of which nobody sits in both. */
const SEATS = 10;
/** Accounts of the public test phrase that nobody else uses. */
const [JUDGE, PARTIES] = [19, [10, 11, 12, 13, 14, 15, 16, 17, 18]];

const SPECIFICATION = canonicalBytes({
  title: "Every step",
  description: "A task that ends otherwise than well.",
  skill: "steps",
  rubric: ["It is there.", "It is right."],
});
const SECRET = numberToHex(0x5ec4e7, { size: 32 });

/** What each task's story is; all are told at the same time, and wait for each other where time has to pass. */
const STORIES = {
  "nobody bids": async (told) => {
    const task = await told.post({ bids: [] });
    const page = await told.visit(task);
    await page.hears("Agents may bid.");
    await told.later();
    await told.moves(task, [[LOCKED, -LOCKED]], () =>
      page.take("finalize", "Expired", "The auction has ended."),
    );
    await page.tells(["TaskCreated", "TaskExpired"]);
  },

  "nothing is delivered, and the runner-up takes over": async (told) => {
    const task = await told.post({ bids: [PRICE, PRICE + 1n] });
    const page = await told.visit(task);
    await told.later();
    await page.take("finalize", "Awarded", "The auction has ended.");
    await told.later();
    const bond = [BOND, 0n];
    await told.moves(task, [bond, [0n, -BOND], [0n, 0n]], () =>
      page.take("declareDefault", "Defaulted", "The worker has defaulted."),
    );
    await told.moves(
      task,
      [
        [0n, 0n],
        [0n, 0n],
        [-BOND, BOND],
      ],
      () => page.take("takeOver", "Awarded", "The agent has the task now."),
    );
    assert.equal((await told.chain.task(task.id)).agentId, task.agents[1]);
    await told.later();
    await told.moves(
      task,
      [
        [LOCKED + BOND, -LOCKED],
        [0n, 0n],
        [0n, -BOND],
      ],
      () => page.take("declareDefault", "Refunded", "The worker has defaulted."),
    );
    await page.tells(["TaskDefaulted", "TaskTakenOver", "TaskAwarded", "TaskRefunded"]);
  },

  "nothing is delivered, and nobody takes over": async (told) => {
    const task = await told.post({ bids: [PRICE, PRICE + 1n] });
    await told.later();
    await told.award(task);
    await told.later();
    await task.requester.send(["TaskManager", "declareDefault", task.id]);
    const page = await told.visit(task);
    await page.hears("The runner-up may take the task over.");
    await told.later();
    await told.moves(
      task,
      [
        [LOCKED, -LOCKED],
        [0n, 0n],
        [0n, 0n],
      ],
      () => page.take("closeDefaulted", "Refunded", "The task has ended."),
    );
  },

  "nobody scores the result": async (told) => {
    const task = await told.post({ bids: [PRICE] });
    await told.later();
    await told.award(task);
    await told.submit(task);
    const page = await told.visit(task, task.requester, { wrong: true });
    await page.hears("The result is to be scored.");
    await page.says(/Have the worker paid: anyone may, from /);
    await told.later();
    // Nothing has happened to the task, and yet all of its page knows that it is too late.
    await page.hears("Nobody scored it in time: anyone may have the worker paid.");
    await page.offers(["release"]);
    await page.says(/so the worker is paid 3\.9 credits/);
    await told.moves(
      task,
      [
        [LOCKED - PRICE, -LOCKED],
        [WAGE + BOND, -BOND],
      ],
      () => page.take("release", "Settled", "The worker is paid."),
    );
    await page.says(/Nobody spoke/);
  },

  "a rejection stands": async (told) => {
    const task = await told.post({ bids: [PRICE] });
    await told.later();
    await told.award(task);
    await told.submit(task);
    const page = await told.visit(task);
    await told.moves(
      task,
      [
        [0n, 0n],
        [0n, 0n],
      ],
      () => page.reject(),
    );
    await page.offers(["dispute"]);
    await told.later();
    await page.hears("Nobody disputed it: anyone may end the task.");
    await told.moves(
      task,
      [
        [LOCKED, -LOCKED],
        [BOND / 2n, -BOND],
      ],
      () => page.take("closeRejected", "Refunded", "The task has ended."),
    );
  },

  "the secret is kept": async (told) => {
    const task = await told.post({ bids: [PRICE] });
    await told.later();
    await told.award(task);
    const work = await told.submit(task, { stored: false });
    await task.requester.send(["TaskManager", "evaluate", task.id, 0]);
    const page = await told.visit(task);
    await told.moves(
      task,
      [
        [0n, 0n],
        [-APPEAL_FEE, APPEAL_FEE],
      ],
      () =>
        page.take("dispute", "Disputed", "The rejection is disputed.", async (step) => {
          const file = (bytes) => ({ name: "work.json", mimeType: "application/json", buffer: bytes });
          await step.getByLabel("The work, as a file").setInputFiles(file(Buffer.from("another")));
          await step.getByText("This is not the work that was handed in").waitFor();
          await step.getByLabel("The work, as a file").setInputFiles(file(work));
        }),
    );
    await page.hears("The requester must show its secret, from which the panel is drawn.");
    await told.later();
    const paid = WAGE + COMPENSATION + BOND + APPEAL_FEE;
    await told.moves(
      task,
      [
        [LOCKED - PRICE - COMPENSATION, -LOCKED],
        [paid, -BOND - APPEAL_FEE],
      ],
      () => page.take("closeSealed", "Settled", "The worker is paid."),
    );
  },

  "both panels find for the worker": async (told) => {
    const task = await told.post({ bids: [PRICE], apart: true });
    await told.later();
    await told.award(task);
    await told.submit(task);
    const page = await told.visit(task);
    const workers = await told.visit(task, task.worker);
    await page.reject();
    await page.offers([]);
    await workers.take("dispute", "Disputed", "The rejection is disputed.");
    await workers.offers([]);
    await page.take("unseal", "Disputed", "The secret is shown; a panel is drawn.", async (step) => {
      const file = { name: "secret.json", mimeType: "application/json" };
      const choose = (text) =>
        step.getByLabel("The secret, as a file").setInputFiles({ ...file, buffer: Buffer.from(text) });
      await choose(JSON.stringify({ secret: numberToHex(1, { size: 32 }) }));
      await step.getByText("The file does not hold the secret of this task.").waitFor();
      await choose(JSON.stringify({ secret: SECRET }));
    });
    const first = await told.judge.seal(task.id, 90);
    await page.hears("The panel's members score it, first sealed, then openly.");
    await told.later();
    await told.judge.open(first);
    await told.later();
    await told.moves(
      task,
      [
        [0n, -PANEL_FEE],
        [0n, 0n],
      ],
      () => told.judge.tally(task.id),
    );
    await page.finds(1, ["90", "90", "90"]);
    await workers.offers([]);
    await told.moves(
      task,
      [
        [-PANEL_FEE, PANEL_FEE],
        [0n, 0n],
      ],
      () => page.take("appeal", "Disputed", "The verdict is appealed."),
    );
    const second = await told.judge.seal(task.id, 80);
    await told.later();
    await told.judge.open(second);
    await told.later();
    const back = LOCKED - PRICE - COMPENSATION - APPEAL_FEE;
    const paid = WAGE + COMPENSATION + BOND + APPEAL_FEE;
    await told.moves(
      task,
      [
        [back, -LOCKED],
        [paid, -BOND - APPEAL_FEE],
      ],
      () => told.judge.tally(task.id),
    );
    await page.becomes("Settled");
    await page.finds(
      2,
      Array.from({ length: 7 }, () => "80"),
    );
    await workers.tells(["TaskDisputed", "SecretShown", "TaskRuled", "TaskAppealed", "WorkerCompensated"]);
  },

  "a panel finds against the worker": async (told) => {
    const task = await told.post({ bids: [PRICE] });
    await told.later();
    await told.award(task);
    await told.submit(task);
    await task.requester.send(["TaskManager", "evaluate", task.id, 0]);
    const page = await told.visit(task, task.requester, { secret: true });
    await page.take("dispute", "Disputed", "The rejection is disputed.");
    await page.take("unseal", "Disputed", "The secret is shown; a panel is drawn.");
    const sealed = await told.judge.seal(task.id, 10);
    await told.later();
    await told.judge.open(sealed);
    await told.later();
    await told.moves(
      task,
      [
        [0n, 0n],
        [0n, -PANEL_FEE],
      ],
      () => told.judge.tally(task.id),
    );
    await page.becomes("Ruled");
    await page.offers(["appeal"]);
    await told.later();
    await page.hears("The verdict stands: anyone may carry it out.");
    const left = APPEAL_FEE - PANEL_FEE;
    await told.moves(
      task,
      [
        [LOCKED, -LOCKED],
        [BOND / 2n + left, -BOND - left],
      ],
      () => page.take("closeRuled", "Refunded", "The verdict is carried out."),
    );
  },
};

/** What a story is told with. */
function teller(stage, { judge, later, newParty, inTurn }) {
  const { chain, market } = stage;
  const closing = [];

  /** An open-bid task and the agents that bid these prices; `apart` if they are not the requester's own. */
  const post = async ({ bids, apart = false }) => {
    const requester = newParty();
    const worker = apart ? newParty() : requester;
    const approve = ["CreditToken", "approve", chain.contract("Ledger").address, 100n * RESERVE];
    await requester.send(approve, ["Ledger", "deposit", BigInt(requester.address), 4n * RESERVE]);
    const entered = await worker.send(
      ...(apart ? [approve] : []),
      ...bids.map(() => ["AgentRegistry", "register", "data:,steps"]),
    );
    const agents = entered.flatMap((one) => eventsIn(chain, one, "AgentRegistry", "Registered"));
    const ids = agents.map(({ agentId }) => agentId);
    await worker.send(...ids.map((id) => ["Ledger", "deposit", accountOfAgent(id), RESERVE]));
    const [posted] = await requester.send(["TaskManager", "createTask", termsOf(requester)]);
    const [{ taskId: id }] = eventsIn(chain, posted, "TaskManager", "TaskCreated");
    await worker.send(...ids.map((agent, at) => ["BidAuction", "bid", id, agent, bids[at], 60n]));
    return { id, requester, worker, agents: ids };
  };

  const award = (task) => task.requester.send(["BidAuction", "finalize", task.id]);

  /** The worker hands in some work, which it puts into the explorer's store, or not; its bytes. */
  const submit = async (task, { stored = true } = {}) => {
    const work = Buffer.from(JSON.stringify({ answer: `of task ${task.id}` }));
    if (stored) await store(market, work);
    await task.worker.send(["TaskManager", "submit", task.id, sha256(work)]);
    return work;
  };

  /** How the accounts of the requester and of each agent change, free and locked, while something is done. */
  const moves = async (task, expected, act) => {
    const accounts = [BigInt(task.requester.address), ...task.agents.map(accountOfAgent)];
    const books = () => Promise.all(accounts.map(chain.account));
    const before = await books();
    await act();
    const after = await books();
    const changes = after.map((now, at) => [now.free - before[at].free, now.locked - before[at].locked]);
    assert.deepEqual(changes, expected);
  };

  /**
   * The task's page, open for as long as its story, with a wallet of the party that is connected; in a browser that has the
   * task's secret, or whose clock is wrong.
   */
  const visit = async (task, party = task.requester, { secret = false, wrong = false } = {}) => {
    const { page, faults, close } = await openPage(stage.browser, market.explorer);
    page.setDefaultTimeout(PATIENCE_MS);
    closing.push(async () => {
      assert.deepEqual(await faults(), []);
      await close();
    });
    await installWallet(page, market.node, party.account);
    if (secret)
      await page.addInitScript(keep, [`agora.seal.31337.${SEAL}`, JSON.stringify({ secret: SECRET })]);
    if (wrong) await page.addInitScript(setWrong);
    await inTurn(async () => {
      await page.goto(`/tasks/${task.id}`);
      await page.getByRole("button", { name: "Act on this task…" }).click();
      await page.getByRole("button", { name: `Connect ${NAME}` }).click();
      await page.locator(".task-actions .choice").waitFor({ state: "detached" });
    });
    return pageOf(page, chain, task.id);
  };

  const end = () => Promise.all(closing.map((close) => close()));
  return { chain, judge, later, post, award, submit, moves, visit, end };
}

const SEAL = keccak256(SECRET);

/** Runs in the page. */
function keep([key, value]) {
  localStorage.setItem(key, value);
}

/** Runs in the page: this machine's clock is a day ahead of the chain's. */
function setWrong() {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 86_400_000;
}

const termsOf = ({ address }) => ({
  specification: sha256(SPECIFICATION),
  seal: SEAL,
  skill: stringToHex("steps", { size: 16 }),
  mode: OPEN_BIDS,
  reserve: RESERVE,
  evaluator: address,
  passingScore: 60,
  biddingWindow: WINDOW,
  revealWindow: 0,
  deliveryWindow: WINDOW,
  reviewWindow: WINDOW,
  parentId: 0n,
});

async function store({ explorer }, body) {
  const answer = await fetch(`${explorer}/content`, { method: "PUT", body });
  assert.equal(answer.status, 201);
}

/** What a person does and sees on a task's page. */
function pageOf(page, chain, task) {
  const state = page.locator(".page-title .mark");
  const steps = page.locator("[data-step]");
  const becomes = async (name) => {
    await until(`task ${task} is ${name}`, async () => (await state.textContent()) === name);
    assert.equal((await chain.task(task)).stateName, name);
  };
  const names = () => steps.evaluateAll((found) => found.map((one) => one.dataset.step));
  const offers = (expected) =>
    until(`task ${task} offers ${expected}`, async () => String(await names()) === String(expected));
  /** Fails with what is said instead. */
  const outcome = async (done) => {
    const sending = page.locator(".task-actions .sending");
    const ended = sending.and(page.locator("[data-stage='done'], [data-stage='failed']"));
    await ended.waitFor();
    assert.equal(await ended.textContent(), done);
  };
  const take = async (name, becoming, done, prepare) => {
    const step = page.locator(`[data-step='${name}']`);
    await step.waitFor();
    await prepare?.(step);
    await step.locator("button.primary").click();
    await outcome(done);
    await becomes(becoming);
  };
  const reject = () =>
    take("evaluate", "Rejected", "You scored the result 50.", async (step) => {
      await step.getByRole("checkbox").first().check();
      await step.getByRole("button", { name: "Reject with 50" }).waitFor();
    });
  const hears = (text) => page.locator(".next").getByText(text).waitFor();
  const says = (text) => page.locator("main").getByText(text).first().waitFor();
  const tells = async (events) => {
    for (const event of events) await page.locator(`[data-event='${event}']`).first().waitFor();
  };
  /** The scores of the panel of a round, by seat. */
  const finds = async (round, scores) => {
    const rows = page
      .locator(".jury")
      .nth(round - 1)
      .locator("tbody tr");
    await until(`panel ${round} of task ${task} has found ${scores}`, async () => {
      const cells = await rows.locator("td:nth-child(3)").allTextContents();
      return String(cells) === String(scores);
    });
  };
  return { becomes, offers, take, reject, hears, says, tells, finds };
}

export const tests = {
  "every step that a task's page offers is taken there, and moves what the contracts say": async (stage) => {
    const { market, chain } = stage;
    const [seated, ...parties] = [JUDGE, ...PARTIES].map((index) => partyOf(stage, accountOf(index)));
    const to = [seated, ...parties].map(({ address }) => address);
    await market.tell({ do: "rest" });
    await Promise.all([market.tell({ do: "give", to, credits: 200 }), store(market, SPECIFICATION)]);
    const judge = judgeOf(chain, seated);
    await judge.take(SEATS);
    const pass = () => market.tell({ do: "warp", seconds: WINDOW });
    await pass();
    const time = sharedTime(Object.keys(STORIES).length, pass);
    const newParty = () => parties.pop();
    let loaded = Promise.resolve();
    // Pages that load at the same time all take as long as all of them.
    const inTurn = (load) => (loaded = loaded.catch(() => {}).then(load));
    const tellings = Object.entries(STORIES).map(async ([name, story]) => {
      const told = teller(stage, { judge, later: time.later, newParty, inTurn });
      try {
        await story(told);
        await told.end();
      } catch (cause) {
        throw new Error(name, { cause });
      } finally {
        time.leave();
      }
    });
    const faults = (await Promise.allSettled(tellings)).filter(({ reason }) => reason !== undefined);
    if (faults.length > 0) throw new AggregateError(faults.map(({ reason }) => reason));
  },
};
