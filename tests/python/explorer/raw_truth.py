"""The figures of the explorer's pages, reckoned from raw logs alone: by other means, and by another hand's rules.

    python tests/python/explorer/raw_truth.py http://127.0.0.1:8545 contract_addresses.json

prints the overview, every task and every agent. Nothing of the package takes part in it.
"""

import json
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

from eth_utils import to_checksum_address
from raw_logs import Chain

FLAG = 1 << 160
NOBODY = "0x" + "00" * 20
MODES = ("SealedSecondPrice", "SealedFirstPrice", "OpenBid", "Direct", "Race")
FINAL = ("Settled", "Refunded", "Cancelled", "Expired")
STATES = ("Open", "Awarded", "Submitted", "Rejected", "Disputed", "Ruled", "Defaulted", *FINAL)
AFTER = {
    "TaskAwarded": "Awarded",
    "ResultSubmitted": "Submitted",
    "TaskRejected": "Rejected",
    "TaskDisputed": "Disputed",
    "TaskAppealed": "Disputed",
    "TaskDefaulted": "Defaulted",
    "TaskSettled": "Settled",
    "TaskCancelled": "Cancelled",
    "TaskExpired": "Expired",
}
MINUTE = 60


class Truth:
    """All that there is to know."""

    def __init__(self, chain):
        self.chain = chain
        self.by_name = defaultdict(list)
        for one in chain.seen:
            self.by_name[one.contract, one.name].append(one)
        self.balances = self._balances()
        self.names = {one.args["agentId"] for one in self.all("AgentRegistry", "Registered")}

    def all(self, contract, name, **where):
        """The events of this kind, with these arguments."""
        return [
            one
            for one in self.by_name[contract, name]
            if all(one.args[key] == value for key, value in where.items())
        ]

    def sum(self, contract, name, key, **where):
        return sum(one.args[key] for one in self.all(contract, name, **where))

    def _balances(self):
        """Free, locked and owed, by account."""
        parts = defaultdict(lambda: [0, 0, 0])
        for one in self.chain.seen:
            if one.contract == "Ledger":
                for account, part, sign in MOVES.get(one.name, ()):
                    parts[one.args[account]][part] += sign * one.args["amount"]
        return parts

    # The overview

    def overview(self):
        return {
            "tasks": {"total": len(self.tasks()), "by_state": dict(Counter(self.states().values()))},
            "agents": {
                "total": len(self.names),
                "active": sum(self.is_active(agent) for agent in self.names),
                "indebted": sum(1 for agent in self.names if self.balances[FLAG | agent][2]),
            },
            "credits": self.credits(),
            "flows": self.flows(),
            "throughput": self.throughput(),
            "transactions": len(self.chain.senders),
            "events": sum(self.chain.logs_in.values()),
            "checked": len({one.block for one in self.chain.seen if self._moves_credits(one)}),
        }

    def credits(self):
        minted = self.sum("CreditToken", "Transfer", "value", **{"from": NOBODY})
        destroyed = self.sum("CreditToken", "Transfer", "value", to=NOBODY)
        vault = self.chain.contracts["Ledger"].lower()
        came = self.sum("CreditToken", "Transfer", "value", to=vault)
        left = self.sum("CreditToken", "Transfer", "value", **{"from": vault})
        burned, flushed = (self.sum("Ledger", name, "amount") for name in ("Burned", "BurnFlushed"))
        return {
            "minted": minted,
            "destroyed": destroyed,
            "pending_burn": burned - flushed,
            "outside": minted - destroyed - (came - left),
            "free": sum(parts[0] for parts in self.balances.values()),
            "locked": sum(parts[1] for parts in self.balances.values()),
        }

    def flows(self):
        """What was locked and unlocked is told apart by whose account it was, and by what else may have moved it."""
        agents = [one for one in self.all("Ledger", "Locked") if one.args["account"] & FLAG]
        back = [one for one in self.all("Ledger", "Unlocked") if not one.args["account"] & FLAG]
        stakes = self.sum("EvaluatorPool", "SeatTaken", "stake")
        bonds = sum(one.args["amount"] for one in agents)
        bonds -= self.sum("UsageMeter", "Pledged", "amount") + self._panel_fees_of_workers()
        return {
            "escrow": sum(self._escrow(one) for one in self.all("TaskManager", "TaskCreated")),
            "rewards": sum(
                one.args["price"] - one.args["fee"] for one in self.all("TaskManager", "TaskSettled")
            ),
            "refunds": sum(one.args["amount"] for one in back)
            - self.sum("EvaluatorPool", "SeatLeft", "stake"),
            "fees": self.sum("TaskManager", "TaskSettled", "fee"),
            "bonds": bonds,
            "burned": self.sum("Ledger", "Burned", "amount"),
            "thinking": sum(self.thinking(agent) for agent in self.names),
            "compensation": self.sum("TaskManager", "WorkerCompensated", "amount"),
            "stakes": stakes,
            "postage": self.sum("MessageHub", "MessageSent", "postage"),
        }

    def _escrow(self, created):
        """The reserve; the larger panel's fee; and the first panel's, or a tenth of the reserve."""
        reserve, seat = created.args["params"][4], created.args["seatFee"] * 1_000
        by_pool = to_checksum_address(created.args["params"][5]) == self.chain.contracts["EvaluatorPool"]
        return reserve + 7 * seat + (3 * seat if by_pool else -(-reserve // 10))

    def _panel_fees_of_workers(self):
        """What workers have locked to dispute and to appeal."""
        fees = 0
        for one in self.all("TaskManager", "TaskDisputed"):
            fees += 7 * self.created(one.args["taskId"]).args["seatFee"] * 1_000
        for one in self.all("TaskManager", "TaskAppealed"):
            created = self.created(one.args["taskId"])
            by_pool = to_checksum_address(created.args["params"][5]) == self.chain.contracts["EvaluatorPool"]
            [verdict, *_] = self.all("TaskManager", "TaskRuled", taskId=one.args["taskId"])
            if verdict.args["score"] < created.args["params"][6]:
                fees += (7 if by_pool else 3) * created.args["seatFee"] * 1_000
        return fees

    def throughput(self):
        """By minute: transactions, events, settled tasks and what they paid."""
        spans = defaultdict(lambda: [0, 0, 0, 0])
        for number, (_, time) in self.chain.blocks.items():
            if self.chain.touching.get(number):
                span = spans[time - time % MINUTE]
                span[0] += len(self.chain.touching[number])
                span[1] += self.chain.logs_in.get(number, 0)
        for one in self.all("TaskManager", "TaskSettled"):
            spans[one.time - one.time % MINUTE][2] += 1
            spans[one.time - one.time % MINUTE][3] += one.args["price"]
        return {time: tuple(span) for time, span in spans.items()}

    def _moves_credits(self, one):
        """Whether some account of the Ledger, or what it holds, or all there is, may have changed."""
        if one.contract == "CreditToken" and one.name == "Transfer":
            ends = {one.args["from"], one.args["to"]}
            return bool(ends & {NOBODY, self.chain.contracts["Ledger"].lower()})
        return one.contract == "Ledger" and one.name not in ("DebtRecorded", "DebtForgiven")

    # One task

    def tasks(self):
        return {one.args["taskId"]: one for one in self.all("TaskManager", "TaskCreated")}

    def created(self, task):
        return self.tasks()[task]

    def states(self):
        states = dict.fromkeys(self.tasks(), "Open")
        for one in self.chain.seen:
            if one.contract == "TaskManager":
                task = one.args["taskId"]
                if one.name == "TaskRefunded" and states[task] not in FINAL:
                    states[task] = "Refunded"
                elif one.name == "TaskRuled" and one.args["appealEnd"]:
                    states[task] = "Ruled"
                else:
                    states[task] = AFTER.get(one.name, states[task])
        return states

    def task(self, task):
        params = self.created(task).args["params"]
        awards = self.all("TaskManager", "TaskAwarded", taskId=task)
        settled = self.all("TaskManager", "TaskSettled", taskId=task)
        return {
            "state": self.states()[task],
            "requester": to_checksum_address(self.created(task).args["requester"]),
            "skill": params[2].rstrip(b"\0").decode(),
            "mode": MODES[params[3]],
            "reserve": params[4],
            "bidding_end": self.created(task).time + params[7],
            "reveal_end": self.created(task).time + params[7] + params[8],
            "created_time": self.created(task).time,
            "agent": awards[-1].args["agentId"] if awards else None,
            "price": awards[-1].args["price"] if awards else None,
            "score": self.score(task),
            "fee": settled[0].args["fee"] if settled else 0,
            "silent": settled[0].args["silent"] if settled else False,
            "refunded": self.refunded(task),
            "taken_over": bool(self.all("BidAuction", "TaskTakenOver", taskId=task)),
            "bids": self.bids(task),
            "timeline": [
                (one.name, one.block, one.log, one.tx, self.chain.senders[one.tx])
                for one in self.chain.seen
                if one.contract in ("TaskManager", "BidAuction", "RaceBoard")
                and one.args.get("taskId") == task
            ],
        }

    def score(self, task):
        said = [
            one.args["score"]
            for one in self.chain.seen
            if one.name in ("TaskEvaluated", "TaskRuled") and one.args["taskId"] == task
        ]
        for one in self.all("RaceBoard", "RaceWon", taskId=task, silent=False):
            judged = self.all("RaceBoard", "EntryJudged", taskId=task, agentId=one.args["agentId"])
            said += [judged[-1].args["score"]]
        return said[-1] if said else None

    def refunded(self, task):
        """What its requester had unlocked in the transactions that settled or refunded it."""
        requester = int(self.created(task).args["requester"], 16)
        ends = {
            one.tx
            for name in ("TaskSettled", "TaskRefunded")
            for one in self.all("TaskManager", name, taskId=task)
        }
        return sum(
            one.args["amount"] for one in self.all("Ledger", "Unlocked", account=requester) if one.tx in ends
        )

    def bids(self, task):
        """By agent: price, quality, rank, what it is paid if it won, and what became of it; None for what is sealed."""
        qualities = {
            one.args["agentId"]: one.args["quality"]
            for one in self.all("BidAuction", "BidCommitted", taskId=task)
        }
        ties = {
            one.args["agentId"]: one.args["digest"] >> 136
            for one in self.all("BidAuction", "BidCommitted", taskId=task)
        }
        shown = {}
        for order, one in enumerate(self.all("BidAuction", "BidRevealed", taskId=task)):
            agent = one.args["agentId"]
            effective = Fraction(one.args["price"], one.args["quality"])
            shown[agent] = (effective, ties.get(agent, order), one.args["price"], one.args["quality"])
        paid = {
            one.args["agentId"]: one.args["price"]
            for one in self.all("TaskManager", "TaskAwarded", taskId=task)
        }
        fates = dict.fromkeys(shown, "lost" if paid else "revealed") | dict.fromkeys(paid, "won")
        for one in self.all("TaskManager", "TaskDefaulted", taskId=task):
            fates[one.args["agentId"]] = "defaulted"
            del paid[one.args["agentId"]]
        for one in self.all("BidAuction", "BondForfeited", taskId=task):
            fates[one.args["agentId"]] = "forfeited"
        ranked = sorted(shown, key=lambda agent: shown[agent][:2])
        found = {
            agent: (None, quality, None, None, fates.get(agent, "sealed"))
            for agent, quality in qualities.items()
        }
        for rank, agent in enumerate(ranked, 1):
            found[agent] = (*shown[agent][2:], rank, paid.get(agent), fates[agent])
        return found

    # One agent

    def is_active(self, agent):
        said = self.all("AgentRegistry", "ActiveSet", agentId=agent)
        return said[-1].args["active"] if said else True

    def thinking(self, agent):
        """What its vouchers added up to, less what providers lost by them."""
        cost = 0
        for opened in self.all("UsageMeter", "ChannelOpened", agentId=agent):
            channel = opened.args["channelId"]
            cost += max(
                (one.args["cumulative"] for one in self.all("UsageMeter", "Redeemed", channelId=channel)),
                default=0,
            )
            cost -= self.sum("UsageMeter", "Overdrawn", "lost", channelId=channel)
        return cost

    def agent(self, agent):
        free, locked, debt = self.balances[FLAG | agent]
        settled = self.all("TaskManager", "TaskSettled", agentId=agent)
        return {
            "active": self.is_active(agent),
            "free": free,
            "locked": locked,
            "debt": debt,
            "earned": sum(one.args["price"] - one.args["fee"] for one in settled)
            + self.sum("TaskManager", "WorkerCompensated", "amount", agentId=agent),
            "thinking": self.thinking(agent),
            "bids": len([task for task in self.tasks() if agent in self.bids(task)]),
            "wins": len(self.all("TaskManager", "TaskAwarded", agentId=agent)),
            "losses": self.losses(agent),
            "settled": len(settled),
            "failed": self.failed(agent),
            "defaulted": len(self.all("TaskManager", "TaskDefaulted", agentId=agent)),
            "tasks_posted": self.posted(agent),
            "messages_sent": len(self.all("MessageHub", "MessageSent", **{"from": FLAG | agent}))
            + len(self.all("MessageHub", "MessagePublished", **{"from": FLAG | agent})),
            "messages_received": len(self.all("MessageHub", "MessageSent", to=FLAG | agent)),
            "skills": {
                one.args["tag"].rstrip(b"\0").decode(): one.args["weight"]
                for one in self.all("AgentRegistry", "SkillSet", agentId=agent)
            },
            "reputation": [
                (one.args["skill"].rstrip(b"\0").decode(), one.args["experience"], one.args["merit"])
                for one in self.all("IncentiveEngine", "ReputationUpdated", agentId=agent)
            ],
        }

    def losses(self, agent):
        """Auctions that others won, and races that were over before its entry was looked at."""
        lost = len(self.all("RaceBoard", "EntryWithdrawn", agentId=agent))
        for task, created in self.tasks().items():
            winners = {one.args["agentId"] for one in self.all("TaskManager", "TaskAwarded", taskId=task)}
            bid = self.all("BidAuction", "BidRevealed", taskId=task, agentId=agent)
            lost += bool(bid and winners and agent not in winners and created.args["params"][3] != 4)
        return lost

    def failed(self, agent):
        """Works that were rejected in the end."""
        failed = 0
        for task, state in self.states().items():
            awards = self.all("TaskManager", "TaskAwarded", taskId=task)
            if state == "Refunded" and awards[-1].args["agentId"] == agent:
                failed += bool(self.all("TaskManager", "ResultSubmitted", taskId=task, agentId=agent))
        for one in self.all("RaceBoard", "EntryJudged", agentId=agent):
            failed += one.args["score"] < self.created(one.args["taskId"]).args["params"][6]
        return failed

    def posted(self, agent):
        """Tasks by whoever owned it then, and had not received another agent since."""
        newest, posted = {}, 0
        for one in self.chain.seen:
            if one.contract == "AgentRegistry" and one.name == "Transfer":
                if newest.get(one.args["from"]) == one.args["tokenId"]:
                    del newest[one.args["from"]]
                newest[one.args["to"]] = one.args["tokenId"]
            elif one.name == "TaskCreated":
                posted += newest.get(one.args["requester"]) == agent
        return posted


MOVES = {
    "Deposited": [("account", 0, 1)],
    "Withdrawn": [("account", 0, -1)],
    "Transferred": [("from", 0, -1), ("to", 0, 1)],
    "Locked": [("account", 0, -1), ("account", 1, 1)],
    "Unlocked": [("account", 1, -1), ("account", 0, 1)],
    "Paid": [("from", 1, -1), ("to", 0, 1)],
    "Held": [("from", 0, -1), ("to", 1, 1)],
    "Burned": [("from", 1, -1)],
    "DebtRecorded": [("debtor", 2, 1)],
    "DebtPaid": [("payer", 0, -1), ("creditor", 0, 1), ("debtor", 2, -1)],
    "DebtForgiven": [("debtor", 2, -1)],
}
"""Which part of whose account each event of the Ledger changes: free, locked, owed."""


def main(url, addresses):
    chains = json.loads(Path(addresses).read_text("utf-8"))
    [known] = chains.values()
    truth = Truth(Chain(url, known["contracts"]))
    found = {
        "overview": truth.overview(),
        "tasks": {task: truth.task(task) for task in truth.tasks()},
        "agents": {agent: truth.agent(agent) for agent in truth.names},
    }
    print(json.dumps(found, indent=1, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
