/**
 * What others cost, and what each figure includes. Measured with Hardhat 2.28.6 (prague) and each project's own compiler
 * settings, through proxies where it uses one, from receipts, on its second job, with 66-character URIs. They do less or
 * more than we do, as said.
 *
 * `ours` is the path of our figure in gas.json, `target` what the project wants to stay at or below.
 */
export const RIVALS = [
  {
    what: "register an agent",
    ours: ["identity", "register again"],
    target: 110_000,
    rivals: [["ERC-8004 register()", 106_883]],
  },
  {
    what: "register with a URI",
    ours: ["identity", "register with a 66-character URI"],
    target: 190_000,
    rivals: [["ERC-8004 register(string)", 200_652]],
  },
  {
    what: "post a task with its escrow",
    ours: ["posting", "create"],
    target: 150_000,
    rivals: [
      ["ERC-8195 createTask", 462_962],
      ["ERC-8183 createJob, setBudget, fund: three transactions", 457_641],
    ],
  },
  {
    what: "bid: sealed and bonded",
    ours: ["bidding", "commit"],
    target: 68_000,
    rivals: [["ERC-8195 submitBid: plaintext, without a bond", 128_192]],
  },
  {
    what: "reveal a bid, at its dearest",
    ours: ["bidding", "reveal, third and behind"],
    target: 60_000,
    rivals: [],
  },
  {
    what: "award",
    ours: ["bidding", "finalize with three bids"],
    target: 60_000,
    rivals: [["ERC-8195 selectLowestBidder", 123_714]],
  },
  {
    what: "submit",
    ours: ["endings", "submit"],
    target: 57_000,
    rivals: [
      ["ERC-8183 submit", 62_480],
      ["ERC-8195 submitWork", 99_435],
    ],
  },
  {
    what: "evaluate and pay, with fee and reputation",
    ours: ["endings", "evaluate and pay"],
    target: 105_000,
    rivals: [
      ["ERC-8183 complete: without fee and reputation", 64_352],
      ["ERC-8195 accept", 132_324],
    ],
  },
  {
    what: "a sealed auction with three bids, from post to paid: 10 transactions",
    ours: ["three bids, best revealed first: 10 transactions", "second job"],
    target: 720_000,
    rivals: [["ERC-8195 auction with three plaintext bids: 7 transactions", 1_253_232]],
  },
  {
    what: "open mode with three signed bids in one transaction: 5 transactions",
    ours: ["three signed open bids, best first: 5 transactions", "second job"],
    target: 500_000,
    rivals: [["ERC-8183 with BiddingHook, one signed bid: 7 transactions", 818_545]],
  },
  {
    what: "feedback without tags",
    ours: ["feedback", "give"],
    target: 70_000,
    rivals: [["ERC-8004 giveFeedback, new client without tags", 152_793]],
  },
  {
    what: "redeem a voucher, in a batch of 50",
    ours: ["usage", "redeem, each of 50"],
    target: 16_000,
    rivals: [],
  },
];

const format = (gas) => gas.toLocaleString("en-US");

/** The table of `gas`, as gas.json has it, beside the others. */
export function tableOf(gas) {
  const lines = ["| step | Agora | target | others |", "|---|---|---|---|"];
  for (const { what, ours, target, rivals } of RIVALS) {
    const used = ours.reduce((part, key) => part[key], gas);
    const others = rivals.map(([name, cost]) => `${name} ${format(cost)}`).join("; ") || "–";
    lines.push(`| ${what} | ${format(used)} | ${format(target)} | ${others} |`);
  }
  return lines.join("\n");
}
