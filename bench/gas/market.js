/** A market on the in-process network, whose every transaction is weighed. */
import { deployMarket } from "../../scripts/lib/market.js";

export const CREDIT = 10n ** 6n;
export const RESERVE = 100n * CREDIT;
export const CARD_URI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

const FIELDS = {
  token: "CreditToken",
  ledger: "Ledger",
  registry: "AgentRegistry",
  tasks: "TaskManager",
  auction: "BidAuction",
  incentives: "IncentiveEngine",
  messages: "MessageHub",
  pool: "EvaluatorPool",
  meter: "UsageMeter",
  marketplace: "TaskMarketplace",
  actions: "ActionLogger",
};
const BIDDERS = 5;
const AGENT_FLAG = 1n << 160n;
const WEALTH = 100_000_000n * CREDIT;
export const HOUR = 3600;
const PROMISE = HOUR;
const SKILL = "research";

export class GasMarket {
  /** Deploys and nothing else, so that block i + 1 holds the deployment of contract i. */
  static async deploy(ethers) {
    const market = new GasMarket();
    market.ethers = ethers;
    const [deployer, requester, evaluator, anyone, ...owners] = await ethers.getSigners();
    Object.assign(market, { deployer, requester, evaluator, anyone, owners });
    const { contracts } = await deployMarket(ethers, deployer);
    const at = (name) => ethers.getContractAt(name, contracts[name]);
    for (const [field, name] of Object.entries(FIELDS)) market[field] = await at(name);
    return market;
  }

  /** Gives credits to the requester and to the first agents. */
  async fund() {
    await this.token.mint(this.deployer.address, WEALTH);
    await this.token.approve(this.ledger.target, WEALTH);
    await this.ledger.deposit(this.requester.address, 10_000n * CREDIT);
    await this.enrol(BIDDERS);
  }

  /** Registers agents, each with credits, until there are `count`. */
  async enrol(count) {
    for (let id = (await this.registry.agentCount()) + 1n; id <= count; id++) {
      await this.registry.connect(this.ownerOf(id))["register()"]();
      await this.ledger.deposit(this.accountOf(id), 1_000n * CREDIT);
    }
  }

  ownerOf(agentId) {
    return this.owners[(Number(agentId) - 1) % this.owners.length];
  }

  accountOf(agentId) {
    return AGENT_FLAG | agentId;
  }

  /** The gas of a transaction as its receipt has it: 21,000 and the call's data are in it. */
  async gas(sent) {
    const receipt = await (await sent).wait();
    return Number(receipt.gasUsed);
  }

  /** What `scenario` returns; afterwards the chain is as it was before. */
  async aside(scenario) {
    const snapshot = await this.ethers.provider.send("evm_snapshot", []);
    const result = await scenario(this);
    await this.ethers.provider.send("evm_revert", [snapshot]);
    return result;
  }

  /** The signature of a message in a contract's domain (ERC-5267); `fields` are written as in Solidity. */
  async sign(signer, contract, type, fields, message) {
    const { name, version, chainId, verifyingContract } = await contract.eip712Domain();
    const types = {
      [type]: fields.map((field) => ({ type: field.split(" ")[0], name: field.split(" ")[1] })),
    };
    const domain = { name, version, chainId, verifyingContract };
    return this.ethers.Signature.from(await signer.signTypedData(domain, types, message));
  }

  /** An open bid that the agent's owner signed, as a relayer sends it. */
  async signedBid(taskId, agentId, price, nonce) {
    const bid = { taskId, agentId, price, promised: PROMISE, validUntil: 2n ** 40n, nonce };
    const signer = this.ownerOf(agentId);
    const fields = Object.keys(bid).map((name) => `uint256 ${name}`);
    const { serialized } = await this.sign(signer, this.auction, "SignedBid", fields, bid);
    return { bid, signer: signer.address, signature: serialized };
  }

  /** What the agent's signer says the channel to `provider` has cost so far. */
  async voucher(signer, agentId, provider, cumulative) {
    const { ethers, meter } = this;
    const channelId = await meter.channelId(agentId, signer.address, provider);
    const receiptsRoot = ethers.id("receipts");
    const fields = ["bytes32 channelId", "uint256 cumulative", "bytes32 receiptsRoot"];
    const message = { channelId, cumulative, receiptsRoot };
    const { r, yParityAndS: vs } = await this.sign(signer, meter, "Voucher", fields, message);
    return { claim: { agentId, signer: signer.address, cumulative, receiptsRoot }, r, vs };
  }

  async warpTo(time) {
    await this.ethers.provider.send("evm_setNextBlockTimestamp", [Number(time)]);
  }

  params() {
    return {
      specification: this.ethers.id("specification"),
      seal: this.ethers.keccak256(this.ethers.id("secret")),
      skill: this.ethers.hexlify(this.ethers.toUtf8Bytes(SKILL)).padEnd(2 + 32, "0"),
      mode: 0,
      reserve: RESERVE,
      evaluator: this.evaluator.address,
      passingScore: 60,
      biddingWindow: HOUR,
      revealWindow: HOUR,
      deliveryWindow: 2 * HOUR,
      reviewWindow: 24 * HOUR,
      parentId: 0,
    };
  }

  create(changes = {}) {
    return this.gas(this.tasks.connect(this.requester).createTask({ ...this.params(), ...changes }));
  }

  salt(taskId, agentId) {
    return this.ethers.id(`salt ${taskId} ${agentId}`);
  }

  async commit(taskId, agentId, price) {
    const salt = this.salt(taskId, agentId);
    const digest = await this.auction.commitmentOf(taskId, agentId, price, PROMISE, salt);
    return this.gas(this.auction.connect(this.ownerOf(agentId)).commit(taskId, agentId, digest));
  }

  reveal(taskId, agentId, price) {
    const salt = this.salt(taskId, agentId);
    const auction = this.auction.connect(this.ownerOf(agentId));
    return this.gas(auction.reveal(taskId, agentId, price, PROMISE, salt));
  }

  async warpToReveal(taskId) {
    await this.warpTo((await this.auction.getAuction(taskId)).biddingEnd);
  }

  async finalize(taskId) {
    const { biddingEnd, revealWindow } = await this.auction.getAuction(taskId);
    await this.warpTo(biddingEnd + revealWindow);
    return this.gas(this.auction.connect(this.anyone).finalize(taskId));
  }

  async submit(taskId) {
    const worker = this.ownerOf((await this.tasks.getTask(taskId)).agentId);
    return this.gas(this.tasks.connect(worker).submit(taskId, this.ethers.id("result")));
  }

  evaluate(taskId, score) {
    return this.gas(this.tasks.connect(this.evaluator).evaluate(taskId, score));
  }

  /** One of release, declareDefault and closeRejected, at the deadline. */
  async afterDeadline(taskId, step) {
    await this.warpTo((await this.tasks.getTask(taskId)).deadline);
    return this.gas(this.tasks.connect(this.anyone)[step](taskId));
  }

  /** Bids of agents 1, 2, 3 ... with these prices, in credits, committed and revealed in this order. */
  async bid(taskId, prices) {
    const bids = prices.map((price, i) => [BigInt(i + 1), BigInt(price) * CREDIT]);
    const used = { commits: [], reveals: [] };
    for (const [agentId, price] of bids) used.commits.push(await this.commit(taskId, agentId, price));
    await this.warpToReveal(taskId);
    for (const [agentId, price] of bids) used.reveals.push(await this.reveal(taskId, agentId, price));
    return used;
  }
}
