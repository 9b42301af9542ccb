/** The market at the addresses of a file, watched closely: what a transaction does is compared whole. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const CHAIN_ID = 31337;
const AGENT_FLAG = 1n << 160n;

/** Agents by the order in which they register; their owners are the people of the same names. */
export const AGENTS = { ada: 1n, ben: 2n, cleo: 3n };

/** Nested results as arrays, indexed strings as their hashes. */
const plain = (value) => (Array.isArray(value) ? Array.from(value, plain) : (value.hash ?? value));

const total = (parts) => parts.reduce((sum, part) => sum + part, 0n);

export class Market {
  /** Knows the contracts from the written file only. */
  static async at(ethers, addressesFile) {
    const market = new Market();
    market.ethers = ethers;
    market.addresses = JSON.parse(await readFile(addressesFile, "utf8"))[CHAIN_ID].contracts;
    market.contracts = {};
    for (const [name, address] of Object.entries(market.addresses)) {
      market.contracts[name] = await ethers.getContractAt(name, address);
    }
    const [deployer, requester, evaluator, ada, ben, cleo, anyone, judge] = await ethers.getSigners();
    const treasury = await ethers.getImpersonatedSigner(market.addresses.TimelockController);
    await deployer.sendTransaction({ to: treasury.address, value: ethers.parseEther("1") });
    market.people = { deployer, treasury, requester, evaluator, ada, ben, cleo, anyone, judge };
    market.accounts = {
      requester: BigInt(requester.address),
      treasury: BigInt(treasury.address),
      judge: BigInt(judge.address),
      pool: BigInt(market.addresses.EvaluatorPool),
    };
    for (const [name, id] of Object.entries(AGENTS)) market.accounts[name] = AGENT_FLAG | id;
    return market;
  }

  /** The next block has this time. */
  async warpTo(time) {
    await this.ethers.provider.send("evm_setNextBlockTimestamp", [Number(time)]);
  }

  /** Every place where credits are: accounts, burned in the vault, tokens outside, tokens in the vault. */
  async sums() {
    const { CreditToken: token, Ledger: ledger } = this.contracts;
    const sums = {};
    for (const [name, account] of Object.entries(this.accounts)) {
      const { free, locked } = await ledger.balanceOf(account);
      Object.assign(sums, {
        [`${name}.free`]: free,
        [`${name}.locked`]: locked,
      });
    }
    for (const [name, { address }] of Object.entries(this.people)) {
      sums[`${name}.tokens`] = await token.balanceOf(address);
    }
    sums.pendingBurn = await ledger.pendingBurn();
    sums.vault = await token.balanceOf(this.addresses.Ledger);
    sums.supply = await token.totalSupply();
    return sums;
  }

  assertConserved(sums) {
    const held = Object.keys(this.accounts).flatMap((name) => [sums[`${name}.free`], sums[`${name}.locked`]]);
    const outside = Object.keys(this.people).map((name) => sums[`${name}.tokens`]);
    assert.equal(total(held) + sums.pendingBurn, sums.vault, "accounts and burns make up the vault");
    assert.equal(total(outside) + sums.vault, sums.supply, "tokens outside and in the vault are all");
  }

  /** A receipt's logs as [contract, event, ...arguments], in order. */
  eventsOf(receipt) {
    const names = new Map(Object.entries(this.addresses).map(([name, address]) => [address, name]));
    return receipt.logs.map((log) => {
      const name = names.get(log.address);
      const { name: event, args } = this.contracts[name].interface.parseLog(log);
      return [name, event, ...plain(args.toArray())];
    });
  }

  /**
   * Sends a transaction, checks all that it did, and returns its block's time.
   * @param events `(time) =>` every event, in order.
   * @param moves Every change of `sums()`.
   */
  async step(send, { events, moves = {} }) {
    const earlier = await this.sums();
    const receipt = await (await send()).wait();
    const time = BigInt((await this.ethers.provider.getBlock(receipt.blockNumber)).timestamp);
    assert.deepEqual(this.eventsOf(receipt), events(time));
    const later = await this.sums();
    const changes = Object.entries(later).map(([name, sum]) => [name, sum - earlier[name]]);
    assert.deepEqual(Object.fromEntries(changes.filter(([, change]) => change !== 0n)), moves);
    this.assertConserved(later);
    return time;
  }

  /** A permit for the Ledger that does not end. */
  async signPermit(owner, value) {
    const { CreditToken: verifyingContract, Ledger: spender } = this.addresses;
    const nonce = await this.contracts.CreditToken.nonces(owner.address);
    const deadline = this.ethers.MaxUint256;
    const fields = {
      owner: "address",
      spender: "address",
      value: "uint256",
      nonce: "uint256",
    };
    const types = Object.entries({ ...fields, deadline: "uint256" });
    const signature = await owner.signTypedData(
      {
        name: "Agora Credit",
        version: "1",
        chainId: CHAIN_ID,
        verifyingContract,
      },
      { Permit: types.map(([name, type]) => ({ name, type })) },
      { owner: owner.address, spender, value, nonce, deadline },
    );
    const { v, r, s } = this.ethers.Signature.from(signature);
    return { value, deadline, v, r, s };
  }
}
