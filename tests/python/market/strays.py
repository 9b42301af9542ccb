"""Calls that may be out of turn, and may be nobody's business."""

from cast import AGENTS, ANYONE, BUYERS, EVALUATOR, JUDGE, OWNERS, SCORES, secret_of, work_of
from model import File, account_of, account_of_agent

from agents.money import CREDIT


class Strays:
    """Mixed into a walk."""

    def stray(self):
        """A call that may be out of turn, and may be nobody's business."""
        task_id = self.dice.randint(1, len(self.market.tasks) + (self.dice.random() < 0.1))
        caller = self.people[self.dice.choice((*BUYERS, *OWNERS, EVALUATOR, ANYONE))]
        agent = self.dice.choice(AGENTS)
        kind = self.dice.randrange(5)
        if kind == 0:
            self.stray_bid(task_id, caller, agent)
        elif kind == 1:
            self.stray_step(task_id, caller)
        elif kind == 2:
            self.stray_entry(task_id, caller, agent)
        elif kind == 3:
            self.stray_money(caller, agent)
        else:
            self.stray_agent(caller, agent)

    def stray_bid(self, task_id, caller, agent):
        price, promise = self.dice.choice((0, 1, 20 * CREDIT, 2**48)), self.dice.choice((0, 1, 2**32))
        calls = {
            "commit": (agent, self.dice.choice((0, 2**199))),
            "bid": (agent, price, promise),
            "finalize": (),
            "forfeit": (agent,),
            "take_over": (agent,),
            "cancel": (),
        }
        what = self.dice.choice(["reveal", *calls])
        if what == "reveal":
            self.reveal(task_id, agent)
        else:
            self.attempt(what, caller, task_id, *calls[what])

    def stray_entry(self, task_id, caller, agent):
        task = self.market.tasks.get(task_id)
        file = task.file if task else File(bytes(32), bytes(32))
        judge = self.people[JUDGE] if self.dice.random() < 0.7 else caller
        calls = {
            "enter": (caller, agent, self.dice.choice((bytes(32), b"\4" * 32))),
            "show": (caller, agent, self.dice.choice((bytes(32), b"\2" * 32)), bytes(32)),
            "judge": (judge, agent, self.dice.choice((*SCORES, 101))),
            "advance": (caller, self.dice.choice((0, 9))),
            "unseal_race": (caller, file, bytes(32)),
            "decide_entry": (caller, agent, 60, account_of(caller)),
            **dict.fromkeys(("forfeit_entry", "withdraw_entry", "give_up_entry"), (caller, agent)),
            **dict.fromkeys(("convene_entry", "release_race"), (caller,)),
        }
        what = self.dice.choice(list(calls))
        caller, *arguments = calls[what]
        self.attempt(what, caller, task_id, *arguments)

    def stray_step(self, task_id, caller):
        task = self.market.tasks.get(task_id)
        file = task.file if task and self.dice.random() < 0.8 else File(bytes(32), bytes(32))
        calls = {
            "submit": (self.dice.choice((bytes(32), b"\2" * 32)),),
            "evaluate": (self.dice.choice((*SCORES, 101)),),
            "release": (),
            "declare_default": (),
            "dispute": (file, self.dice.choice((work_of(task_id), b"other work"))),
            "unseal": (file, self.dice.choice((secret_of(task_id), bytes(32)))),
            "appeal": (),
            **dict.fromkeys(("close_sealed", "close_ruled", "close_defaulted", "close_rejected"), ()),
        }
        what = self.dice.choice(list(calls))
        self.attempt(what, caller, task_id, *calls[what])

    def stray_money(self, caller, agent):
        mine, its = account_of(caller), account_of_agent(agent)
        account = self.dice.choice((mine, its, its))
        caller = self.owner(agent) if self.dice.random() < 0.7 else caller
        amount = self.dice.choice((0, 1, CREDIT, 7 * CREDIT))
        calls = {
            "withdraw": (caller, account, caller, amount),
            "transfer": (caller, account, self.dice.choice((mine, its)), amount),
            "repay": (caller, account, its, amount),
            "forgive": (self.dice.choice((caller, self.people[ANYONE])), its),
            "flush_burn": (caller,),
            "deposit": (self.people[0], its, amount),
        }
        what = self.dice.choice(list(calls))
        self.attempt(what, *calls[what])

    def stray_agent(self, caller, agent):
        owner = self.owner(agent) if self.dice.random() < 0.8 else caller
        calls = {
            "register": (caller,),
            "set_active": (owner, agent, self.dice.random() < 0.8),
            "invalidate_nonces": (owner, 0, 1 << self.dice.randint(0, 40)),
            "set_seats": (self.people[0], self.dice.choice((0, 3, 7, 7))),
        }
        if self.dice.random() < 0.2:
            calls = {"sell": (owner, agent, self.people[self.dice.choice(OWNERS)])}
        what = self.dice.choice(list(calls))
        self.attempt(what, *calls[what])
