/** What is weighed. Each scenario starts from the same market and returns gas by plain-English names. */
import { CARD_URI, CREDIT, HOUR, RESERVE } from "./market.js";

const OPEN_BID = 2;
const CHANNELS = 50;
const FOREVER = 2n ** 32n - 1n;
const TRANSFER =
  "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)";
const CANCEL = "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)";

export async function identity(market) {
  const { ethers, registry, gas } = market;
  const [owner, buyer] = market.owners.slice(10);
  const mine = registry.connect(owner);
  const metadata = ["model", "operator"].map((key) => ({
    metadataKey: key,
    metadataValue: ethers.toUtf8Bytes("a value of one word at most"),
  }));
  const skills = ["research", "writing", "analysis"].map((tag, i) => ({
    tag: ethers.hexlify(ethers.toUtf8Bytes(tag)).padEnd(2 + 32, "0"),
    weight: 80 + i,
  }));
  const register = await gas(mine["register()"]());
  const id = await registry.agentCount();
  return {
    register,
    "register again": await gas(mine["register()"]()),
    "register with a 66-character URI": await gas(mine["register(string)"](CARD_URI)),
    "register with URI and two metadata": await gas(
      mine["register(string,(string,bytes)[])"](CARD_URI, metadata),
    ),
    "set three skills": await gas(mine.setSkills(id, skills)),
    "replace the URI": await gas(mine.setAgentURI(id, CARD_URI)),
    "set the encryption key": await gas(mine.setEncryptionKey(id, ethers.id("key"))),
    "set the parent": await gas(mine.setParentAgent(id + 1n, id)),
    transfer: await gas(mine.transferFrom(owner.address, buyer.address, id)),
  };
}

export async function credits(market) {
  const { ledger, requester, gas } = market;
  const account = requester.address;
  const anew = market.owners[12].address;
  return {
    "deposit to a new account": await gas(ledger.deposit(anew, CREDIT)),
    deposit: await gas(ledger.deposit(account, CREDIT)),
    "withdraw to a new holder": await gas(ledger.connect(requester).withdraw(account, account, CREDIT)),
    withdraw: await gas(ledger.connect(requester).withdraw(account, account, CREDIT)),
    "transfer to an agent": await gas(
      ledger.connect(requester).transfer(account, market.accountOf(1n), CREDIT),
    ),
  };
}

/** Payments that a holder signs and anyone sends. */
export async function authorizations(market) {
  const { ethers, token, ledger, requester, anyone, gas } = market;
  await token.mint(requester.address, 1_000n * CREDIT);
  const types = ["address from", "address to", "uint256 value", "uint256 validAfter", "uint256 validBefore"];
  const signed = async (name, to, nonce) => {
    const values = {
      from: requester.address,
      to,
      value: CREDIT,
      validAfter: 0n,
      validBefore: FOREVER,
      nonce,
    };
    const signature = await market.sign(requester, token, name, [...types, "bytes32 nonce"], values);
    return { ...values, signature };
  };
  const transfer = async (to, nonce) => {
    const a = await signed("TransferWithAuthorization", to, nonce);
    const { v, r, s } = a.signature;
    return token
      .connect(anyone)
      [TRANSFER](a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, v, r, s);
  };
  const deposit = async (account, salt) => {
    const nonce = await ledger.authorizationNonce(account, salt);
    const a = await signed("ReceiveWithAuthorization", ledger.target, nonce);
    const { serialized } = a.signature;
    return ledger
      .connect(anyone)
      .depositWithAuthorization(a.from, account, a.value, a.validAfter, a.validBefore, salt, serialized);
  };
  const cancel = async (nonce) => {
    const values = { authorizer: requester.address, nonce };
    const fields = ["address authorizer", "bytes32 nonce"];
    const { v, r, s } = await market.sign(requester, token, "CancelAuthorization", fields, values);
    return token.connect(anyone)[CANCEL](values.authorizer, nonce, v, r, s);
  };
  const anew = market.owners[12].address;
  return {
    "transfer to a new holder": await gas(transfer(anew, ethers.id("first"))),
    transfer: await gas(transfer(anew, ethers.id("second"))),
    "deposit to a new account": await gas(deposit(anew, ethers.id("third"))),
    deposit: await gas(deposit(anew, ethers.id("fourth"))),
    cancel: await gas(cancel(ethers.id("fifth"))),
  };
}

export async function posting(market) {
  const { token, ledger, tasks, requester, gas } = market;
  const used = {
    "create, the market's first": await market.create(),
    create: await market.create(),
    cancel: await gas(tasks.connect(requester).cancel(1)),
  };
  const value = 2n * RESERVE;
  await token.mint(requester.address, value);
  const fields = ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"];
  const message = { owner: requester.address, spender: ledger.target, value, nonce: 0n, deadline: FOREVER };
  const { v, r, s } = await market.sign(requester, token, "Permit", fields, message);
  const permit = { value, deadline: FOREVER, v, r, s };
  used["create with permit"] = await gas(
    tasks.connect(requester).createTaskWithPermit(market.params(), permit),
  );
  return used;
}

export async function bidding(market) {
  await market.create();
  const used = { "commit, the task's first": await market.commit(1n, 1n, 70n * CREDIT) };
  used.commit = await market.commit(1n, 2n, 80n * CREDIT);
  used["commit again, replacing"] = await market.commit(1n, 2n, 80n * CREDIT);
  await market.commit(1n, 3n, 90n * CREDIT);
  await market.commit(1n, 4n, 60n * CREDIT);
  await market.commit(1n, 5n, 99n * CREDIT);
  await market.warpToReveal(1n);
  used["reveal, first"] = await market.reveal(1n, 1n, 70n * CREDIT);
  used["reveal, second and behind"] = await market.reveal(1n, 2n, 80n * CREDIT);
  used["reveal, third and behind"] = await market.reveal(1n, 3n, 90n * CREDIT);
  used["reveal, displacing all three"] = await market.reveal(1n, 4n, 60n * CREDIT);
  used["reveal, too dear to be kept"] = await market.reveal(1n, 5n, 99n * CREDIT);
  used["finalize with three bids"] = await market.finalize(1n);
  return used;
}

/** Bids without end, each better than all before it: the dearest order, and no dearer at its end. */
export async function crowd(market, bidders) {
  await market.enrol(bidders);
  // A block for each transaction, and a second for each block.
  const window = HOUR + 2 * bidders;
  await market.create({ biddingWindow: window, revealWindow: window });
  const bids = Array.from({ length: bidders }, (_, i) => [
    BigInt(i + 1),
    RESERVE - (BigInt(i) * RESERVE) / BigInt(2 * bidders),
  ]);
  const [commits, reveals] = [[], []];
  for (const [agentId, price] of bids) commits.push(await market.commit(1n, agentId, price));
  await market.warpToReveal(1n);
  for (const [agentId, price] of bids) reveals.push(await market.reveal(1n, agentId, price));
  return {
    "commit, 10th": commits[9],
    "commit, last": commits.at(-1),
    "reveal, 10th": reveals[9],
    "reveal, last": reveals.at(-1),
    finalize: await market.finalize(1n),
  };
}

/** The steps that end a task, each from a task of its own; the parties have worked together before. */
export async function endings(market) {
  await life(market, [50]);
  const used = {};
  const toAwarded = async () => {
    await market.create();
    const taskId = await market.tasks.taskCount();
    await market.bid(taskId, [50]);
    used["finalize with one bid"] = await market.finalize(taskId);
    return taskId;
  };
  const toSubmitted = async () => {
    const taskId = await toAwarded();
    used.submit = await market.submit(taskId);
    return taskId;
  };
  used["evaluate and pay"] = await market.evaluate(await toSubmitted(), 90);
  const rejected = await toSubmitted();
  used["evaluate and reject"] = await market.evaluate(rejected, 0);
  used["close rejected"] = await market.afterDeadline(rejected, "closeRejected");
  used.release = await market.afterDeadline(await toSubmitted(), "release");
  used["declare default"] = await market.afterDeadline(await toAwarded(), "declareDefault");
  return { ...used, ...(await unopened(market)) };
}

async function unopened(market) {
  const { auction, ledger, anyone, gas } = market;
  await market.create();
  const taskId = await market.tasks.taskCount();
  await market.commit(taskId, 1n, 50n * CREDIT);
  await market.commit(taskId, 2n, 50n * CREDIT);
  return {
    "finalize without bids": await market.finalize(taskId),
    forfeit: await gas(auction.connect(anyone).forfeit(taskId, 1n)),
    "flush the burned": await gas(ledger.connect(anyone).flushBurn()),
  };
}

/** What a client says of an agent after each of three settled tasks, and what others answer. */
export async function feedback(market) {
  const { ethers, incentives, requester, anyone, gas } = market;
  const mine = incentives.connect(requester);
  const give = async (tag1, tag2, feedbackURI, hash) => {
    await life(market, [50]);
    return gas(mine.giveFeedback(1n, 90n, 0, tag1, tag2, "", feedbackURI, hash));
  };
  const respond = () =>
    gas(
      incentives.connect(anyone).appendResponse(1n, requester.address, 1n, CARD_URI, ethers.id("response")),
    );
  return {
    "give, a client's first": await give("", "", "", ethers.ZeroHash),
    give: await give("", "", "", ethers.ZeroHash),
    "give with a 66-character URI": await give("", "", CARD_URI, ethers.id("feedback")),
    "give with two tags": await give("starred", "research", "", ethers.ZeroHash),
    revoke: await gas(mine.revokeFeedback(1n, 1n)),
    "respond, a responder's first": await respond(),
    respond: await respond(),
  };
}

/** Channels of many agents to one provider, and what they sign there, redeemed twice. */
export async function usage(market) {
  const { meter, ledger, anyone, gas } = market;
  const [provider, signer] = [anyone.address, market.requester];
  await market.enrol(CHANNELS);
  await ledger.deposit(provider, CREDIT);
  const ids = Array.from({ length: CHANNELS }, (_, i) => BigInt(i + 1));
  const opened = [];
  for (const id of ids) {
    const mine = meter.connect(market.ownerOf(id));
    opened.push(await gas(mine.open(id, signer.address, provider, 10n * CREDIT)));
  }
  const redeem = async (agents, cumulative) => {
    const vouchers = [];
    for (const id of agents) vouchers.push(await market.voucher(signer, id, provider, cumulative));
    return gas(meter.connect(anyone).redeemMany(provider, vouchers));
  };
  await redeem(ids, CREDIT);
  const mine = meter.connect(market.ownerOf(1n));
  const parties = [1n, signer.address, provider];
  const batch = await redeem(ids, 2n * CREDIT);
  return {
    "open a channel": opened.at(-1),
    "top up": await gas(mine.topUp(...parties, CREDIT)),
    "redeem one": await redeem([1n], 3n * CREDIT),
    "redeem 50": batch,
    "redeem, each of 50": Math.ceil(batch / CHANNELS),
    "start to leave": await gas(mine.startExit(...parties)),
  };
}

/** Letters to an agent whose owner has set its postage, and back; then to everyone. */
export async function messaging(market) {
  const { ethers, messages, requester, gas } = market;
  const [writer, agent] = [messages.connect(requester), messages.connect(market.ownerOf(1n))];
  const letter = (payload) => ({
    from: requester.address,
    to: market.accountOf(1n),
    taskId: 0n,
    maxPostage: CREDIT,
    digest: payload === "0x" ? ethers.id("body") : ethers.ZeroHash,
    payload,
  });
  const answer = { ...letter("0x"), from: market.accountOf(1n), to: requester.address };
  const used = {
    "send, the market's first": await gas(writer.send(letter("0x"))),
    send: await gas(writer.send(letter("0x"))),
    "send 256 bytes": await gas(writer.send(letter(`0x${"ab".repeat(256)}`))),
    reply: await gas(agent.reply(1n, answer)),
    "set the postage": await gas(agent.setPostage(market.accountOf(1n), CREDIT)),
  };
  used["send with postage"] = await gas(writer.send(letter("0x")));
  used["reply with postage"] = await gas(writer.reply(1n, letter("0x")));
  const body = [ethers.id("topic"), ethers.id("body"), "0x"];
  used.publish = await gas(agent.publish(market.accountOf(1n), ...body));
  used["block a sender"] = await gas(agent.setBlocked(market.accountOf(1n), requester.address, true));
  return used;
}

export async function logging(market) {
  const mine = market.actions.connect(market.ownerOf(1n));
  const root = market.ethers.id("root");
  return {
    "commit a batch, the agent's first": await market.gas(mine.commitBatch(1n, 1n, root, 1_000)),
    "commit a batch": await market.gas(mine.commitBatch(1n, 2n, root, 1_000)),
  };
}

/** Calls, not transactions: what a node computes for a page of ten tasks, and for a match. */
export async function browsing(market) {
  const filter = { skill: `0x${"00".repeat(16)}`, states: 0n, modes: 0n, minReserve: 0n, maxReserve: 0n };
  const page = () => market.marketplace.browse.estimateGas(filter, 0n, 10n).then(Number);
  for (let i = 0; i < 20; i++) await market.create();
  const few = await page();
  for (let i = 0; i < 60; i++) await market.create();
  return {
    "ten of 20 tasks": few,
    "ten of 80 tasks": await page(),
    match: Number(await market.marketplace.matchOf.estimateGas(1n, 1n)),
  };
}

/** Two jobs of the same parties from creation to payment; every transaction counted. */
export async function jobs(market, prices) {
  const first = await life(market, prices);
  return { "first job": first, "second job": await life(market, prices) };
}

async function life(market, prices) {
  let total = await market.create();
  const taskId = await market.tasks.taskCount();
  const { commits, reveals } = await market.bid(taskId, prices);
  for (const used of [...commits, ...reveals]) total += used;
  total += await market.finalize(taskId);
  total += await market.submit(taskId);
  return total + (await market.evaluate(taskId, 90));
}

/** Two jobs with open bids: three signed ones, sent in this order by somebody else in one transaction. */
export async function openJobs(market, prices) {
  const first = await openLife(market, prices, 0n);
  const steps = await openLife(market, prices, 1n);
  const total = (used) => Object.values(used).reduce((sum, gas) => sum + gas);
  return { ...steps, "first job": total(first), "second job": total(steps) };
}

async function openLife(market, prices, nonce) {
  const used = { create: await market.create({ mode: OPEN_BID, revealWindow: 0 }) };
  const taskId = await market.tasks.taskCount();
  const bids = await Promise.all(
    prices.map((price, i) => market.signedBid(taskId, BigInt(i + 1), BigInt(price) * CREDIT, nonce)),
  );
  used["three signed bids"] = await market.gas(market.auction.connect(market.anyone).bidMany(bids));
  used.finalize = await market.finalize(taskId);
  used.submit = await market.submit(taskId);
  return { ...used, "evaluate and pay": await market.evaluate(taskId, 90) };
}
