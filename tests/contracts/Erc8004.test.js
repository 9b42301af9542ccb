/**
 * The registries through the eyes of a client that knows the ABI of ERC-8004 and nothing else: no artifact of ours
 * describes what it calls. Only the task that allows the feedback is done with our own contracts.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import hre from "hardhat";

import { GasMarket } from "../../bench/gas/market.js";

const IDENTITY = [
  "event Registered(uint256 indexed agentId, string agentURI, address indexed owner)",
  "event MetadataSet(uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue)",
  "event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy)",
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "event MetadataUpdate(uint256 _tokenId)",
  "function register() returns (uint256 agentId)",
  "function register(string agentURI) returns (uint256 agentId)",
  "function register(string agentURI, (string metadataKey, bytes metadataValue)[] metadata) returns (uint256 agentId)",
  "function setAgentURI(uint256 agentId, string newURI)",
  "function getMetadata(uint256 agentId, string metadataKey) view returns (bytes)",
  "function setMetadata(uint256 agentId, string metadataKey, bytes metadataValue)",
  "function getAgentWallet(uint256 agentId) view returns (address)",
  "function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes signature)",
  "function unsetAgentWallet(uint256 agentId)",
  "function isAuthorizedOrOwner(address spender, uint256 agentId) view returns (bool)",
  "function getVersion() pure returns (string)",
  "function eip712Domain() view returns (bytes1, string name, string version, uint256 chainId, address verifyingContract, bytes32, uint256[])",
  "function ownerOf(uint256 tokenId) view returns (address)",
  "function tokenURI(uint256 tokenId) view returns (string)",
  "function transferFrom(address from, address to, uint256 tokenId)",
  "function supportsInterface(bytes4 interfaceId) view returns (bool)",
];

const REPUTATION = [
  "event NewFeedback(uint256 indexed agentId, address indexed clientAddress, uint64 feedbackIndex, int128 value, uint8 valueDecimals, string indexed indexedTag1, string tag1, string tag2, string endpoint, string feedbackURI, bytes32 feedbackHash)",
  "event FeedbackRevoked(uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex)",
  "event ResponseAppended(uint256 indexed agentId, address indexed clientAddress, uint64 feedbackIndex, address indexed responder, string responseURI, bytes32 responseHash)",
  "function giveFeedback(uint256 agentId, int128 value, uint8 valueDecimals, string tag1, string tag2, string endpoint, string feedbackURI, bytes32 feedbackHash)",
  "function revokeFeedback(uint256 agentId, uint64 feedbackIndex)",
  "function appendResponse(uint256 agentId, address clientAddress, uint64 feedbackIndex, string responseURI, bytes32 responseHash)",
  "function getSummary(uint256 agentId, address[] clientAddresses, string tag1, string tag2) view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals)",
  "function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex) view returns (int128 value, uint8 valueDecimals, string tag1, string tag2, bool isRevoked)",
  "function readAllFeedback(uint256 agentId, address[] clientAddresses, string tag1, string tag2, bool includeRevoked) view returns (address[] clients, uint64[] feedbackIndexes, int128[] values, uint8[] valueDecimals, string[] tag1s, string[] tag2s, bool[] revokedStatuses)",
  "function getResponseCount(uint256 agentId, address clientAddress, uint64 feedbackIndex, address[] responders) view returns (uint64 count)",
  "function getClients(uint256 agentId) view returns (address[])",
  "function getLastIndex(uint256 agentId, address clientAddress) view returns (uint64)",
  "function getIdentityRegistry() view returns (address)",
  "function getVersion() pure returns (string)",
];

const AGENT = 1n;
const WALLET_TYPES = {
  AgentWalletSet: [
    { name: "agentId", type: "uint256" },
    { name: "newWallet", type: "address" },
    { name: "owner", type: "address" },
    { name: "deadline", type: "uint256" },
  ],
};

describe("a client that knows ERC-8004 alone", () => {
  let ethers, market, owner, buyer, wallet, client, identity, reputation;

  before(async () => {
    ({ ethers } = await hre.network.create("default"));
    market = await GasMarket.deploy(ethers);
    await market.fund();
    [owner, buyer, wallet, client] = [
      market.owners[10],
      market.owners[11],
      market.owners[12],
      market.requester,
    ];
    identity = new ethers.Contract(market.registry.target, IDENTITY, owner);
    reputation = new ethers.Contract(market.incentives.target, REPUTATION, client);
  });

  /** The events of this contract's ABI in a transaction, as [name, ...arguments]. */
  const eventsOf = async (contract, sent) => {
    const receipt = await (await sent).wait();
    return receipt.logs
      .filter((log) => log.address === contract.target)
      .map((log) => contract.interface.parseLog(log))
      .filter((event) => event !== null)
      .map(({ name, args }) => [name, ...args.map((value) => value.hash ?? value)]);
  };

  /** As a client does: the id is that of the event, since a transaction returns nothing. */
  const register = async (...args) => {
    const key = args.length === 2 ? "register(string,(string,bytes)[])" : "register(string)";
    const events = await eventsOf(identity, identity[key](...args));
    return { events, id: events.find(([name]) => name === "Registered")[1] };
  };

  it("finds both registries", async () => {
    assert.equal(await reputation.getIdentityRegistry(), identity.target);
    assert.equal(await identity.getVersion(), "2.0.0");
    assert.equal(await reputation.getVersion(), "2.0.0");
    for (const id of ["0x01ffc9a7", "0x80ac58cd", "0x5b5e139f", "0x49064906"]) {
      assert.equal(await identity.supportsInterface(id), true, id);
    }
  });

  it("registers an agent with its metadata", async () => {
    const { events, id } = await register("ipfs://card", [["model", "0xabcd"]]);
    const [modelKey, walletKey] = [ethers.id("model"), ethers.id("agentWallet")];
    const expected = [
      ["Registered", id, "ipfs://card", owner.address],
      ["MetadataSet", id, walletKey, "agentWallet", owner.address.toLowerCase()],
      ["MetadataSet", id, modelKey, "model", "0xabcd"],
      ["Transfer", ethers.ZeroAddress, owner.address, id],
    ];
    for (const event of expected)
      assert.ok(
        events.some((found) => `${found}` === `${event}`),
        `${event}`,
      );
    assert.equal(await identity.ownerOf(id), owner.address);
    assert.equal(await identity.tokenURI(id), "ipfs://card");
    assert.equal(await identity.getMetadata(id, "model"), "0xabcd");
    assert.equal(await identity.getAgentWallet(id), owner.address);
    await assert.rejects(identity.setMetadata(id, "agentWallet", "0x00"));
  });

  it("replaces the URI and the metadata", async () => {
    const { id } = await register("ipfs://card");
    const events = await eventsOf(identity, identity.setAgentURI(id, "ipfs://new"));
    assert.deepEqual(events, [
      ["MetadataUpdate", id],
      ["URIUpdated", id, "ipfs://new", owner.address],
    ]);
    await identity.setMetadata(id, "key", "0x01");
    assert.equal(await identity.getMetadata(id, "key"), "0x01");
  });

  it("sets a wallet that signs within five minutes, and loses it with the agent", async () => {
    const { id } = await register("ipfs://card");
    const { name, version, chainId, verifyingContract } = await identity.eip712Domain();
    const domain = { name, version, chainId, verifyingContract };
    const { timestamp } = await ethers.provider.getBlock("latest");
    const sign = (deadline) =>
      wallet.signTypedData(domain, WALLET_TYPES, {
        agentId: id,
        newWallet: wallet.address,
        owner: owner.address,
        deadline,
      });
    const [late, soon] = [timestamp + 1_000, timestamp + 200];
    await assert.rejects(identity.setAgentWallet(id, wallet.address, late, await sign(late)));
    const key = ethers.id("agentWallet");
    assert.deepEqual(
      await eventsOf(identity, identity.setAgentWallet(id, wallet.address, soon, await sign(soon))),
      [["MetadataSet", id, key, "agentWallet", wallet.address.toLowerCase()]],
    );
    assert.equal(await identity.getAgentWallet(id), wallet.address);

    const events = await eventsOf(identity, identity.transferFrom(owner.address, buyer.address, id));
    assert.deepEqual(events[0], ["Transfer", owner.address, buyer.address, id]);
    assert.deepEqual(events[1], ["MetadataSet", id, key, "agentWallet", "0x"]);
    assert.equal(await identity.getAgentWallet(id), ethers.ZeroAddress);
    assert.equal(await identity.isAuthorizedOrOwner(owner.address, id), false);
    assert.equal(await identity.isAuthorizedOrOwner(buyer.address, id), true);
  });

  /** One task from creation to payment, which is what allows its client a feedback. */
  const settle = async () => {
    await market.create();
    const taskId = await market.tasks.taskCount();
    await market.bid(taskId, [50]);
    await market.finalize(taskId);
    await market.submit(taskId);
    await market.evaluate(taskId, 90);
  };

  const digest = () => ethers.id("feedback");
  const give = (value, decimals, tag1) =>
    reputation.giveFeedback(
      AGENT,
      value,
      decimals,
      tag1,
      "research",
      "https://agent",
      "ipfs://said",
      digest(),
    );

  it("gives one feedback for a settled task, and no more", async () => {
    await assert.rejects(give(90n, 0, "starred"), "before any settlement");
    await settle();
    assert.deepEqual(await eventsOf(reputation, give(9977n, 2, "starred")), [
      [
        "NewFeedback",
        AGENT,
        client.address,
        1n,
        9977n,
        2n,
        ethers.id("starred"),
        "starred",
        "research",
        "https://agent",
        "ipfs://said",
        digest(),
      ],
    ]);
    await assert.rejects(give(90n, 0, "starred"), "twice for one settlement");
    assert.equal(await reputation.getLastIndex(AGENT, client.address), 1n);
    assert.deepEqual([...(await reputation.getClients(AGENT))], [client.address]);
  });

  it("reads what was said, and answers it", async () => {
    await settle();
    await give(-50n, 0, "uptime");
    const worker = market.ownerOf(AGENT);
    const answer = reputation
      .connect(worker)
      .appendResponse(AGENT, client.address, 2n, "ipfs://sorry", ethers.ZeroHash);
    assert.deepEqual(await eventsOf(reputation, answer), [
      ["ResponseAppended", AGENT, client.address, 2n, worker.address, "ipfs://sorry", ethers.ZeroHash],
    ]);
    assert.equal(await reputation.getResponseCount(AGENT, client.address, 0n, []), 1n);
    assert.deepEqual(
      [...(await reputation.readFeedback(AGENT, client.address, 2n))],
      [-50n, 0n, "uptime", "research", false],
    );
    const all = await reputation.readAllFeedback(AGENT, [], "", "", false);
    assert.deepEqual(
      all.toArray().map((column) => column.toArray()),
      [
        [client.address, client.address],
        [1n, 2n],
        [9977n, -50n],
        [2n, 0n],
        ["starred", "uptime"],
        ["research", "research"],
        [false, false],
      ],
    );
    assert.deepEqual([...(await reputation.getSummary(AGENT, [client.address], "", ""))], [2n, 24n, 0n]);
    assert.deepEqual(
      [...(await reputation.getSummary(AGENT, [client.address], "starred", ""))],
      [1n, 9977n, 2n],
    );
    await assert.rejects(reputation.getSummary(AGENT, [], "", ""), "no clients");
  });

  it("takes a feedback back, which stays readable and is not counted", async () => {
    assert.deepEqual(await eventsOf(reputation, reputation.revokeFeedback(AGENT, 2n)), [
      ["FeedbackRevoked", AGENT, client.address, 2n],
    ]);
    const { isRevoked } = await reputation.readFeedback(AGENT, client.address, 2n);
    assert.equal(isRevoked, true);
    const { count } = await reputation.getSummary(AGENT, [client.address], "", "");
    assert.equal(count, 1n);
    assert.equal((await reputation.readAllFeedback(AGENT, [], "", "", true)).clients.length, 2);
  });
});
