"""What agents spend on thinking: channels, vouchers, pledges and debts."""

from cast import AGENTS, ANYONE, EVALUATOR
from model import Voucher, account_of_agent

from agents.money import CREDIT


class Spending:
    """Mixed into a walk. The owner signs for its agent; who evaluates and who is anyone sell models too."""

    def spend(self):
        agent = self.dice.choice((AGENTS[0], AGENTS[0], *AGENTS))
        provider = self.people[self.dice.choice((EVALUATOR, EVALUATOR, EVALUATOR, ANYONE))]
        owner, amount = self.owner(agent), self.dice.choice((1, CREDIT // 4, CREDIT // 2))
        signer = self.signers.get((agent, provider), owner)
        key = agent, signer, provider
        channel = self.market.channels.get(key)
        if channel is None or not channel.open:
            self.signers[agent, provider] = owner
            self.attempt("open_channel", owner, agent, owner, provider, amount)
        elif channel.exit_end and self.dice.random() < 0.5:
            self.warp_to(channel.exit_end + self.dice.choice((-1, 0)))
            self.attempt("close_channel", self.anyone(), *key)
        elif agent in self.market.stakes and self.dice.random() < 0.3:
            self.end_pledge(agent, provider)
        elif self.dice.random() < 0.5:
            self.redeem(key, channel)
        else:
            self.tend(key, provider, amount)

    def redeem(self, key, channel):
        agent, signer, provider = key
        vouchers = []
        for _ in range(self.dice.randint(1, 2)):
            spent = self.dice.choice((0, 1, CREDIT // 5, CREDIT // 5, CREDIT, 2**64))
            epoch = channel.epoch if self.dice.random() < 0.95 else channel.epoch + 1
            genuine = self.dice.random() < 0.95
            vouchers.append(Voucher(agent, signer, channel.redeemed + spent, b"\5" * 32, epoch, genuine))
        if self.dice.random() < 0.5:
            self.attempt("redeem", self.anyone(), provider, vouchers[0])
        else:
            self.attempt("redeem_many", self.anyone(), provider, vouchers)

    def end_pledge(self, agent, provider):
        pledge, account = self.market.stakes[agent], account_of_agent(agent)
        debt, chance = self.market.book.debt[account], self.dice.random()
        if debt and chance < 0.3:
            self.attempt("repay", self.owner(agent), account, account, debt)
        elif debt and chance < 0.4:
            self.attempt("forgive", provider, account)
        elif debt:
            self.warp_to(pledge.owed_since + self.market.challenge_window - self.dice.choice((0, 0, 1)))
            self.attempt("seize", provider, agent)
        elif pledge.release_at:
            self.warp_to(pledge.release_at - self.dice.choice((0, 0, 1)))
            self.attempt("unpledge", self.owner(agent), agent)
        else:
            self.attempt("start_unpledge", self.owner(agent), agent)

    def tend(self, key, provider, amount):
        """Owners do this, but for what only a provider would."""
        agent = key[0]
        owner = self.owner(agent) if self.dice.random() < 0.9 else self.anyone()
        calls = {
            "top_up": (owner, *key, amount),
            "start_exit": (owner, *key),
            "close_channel": (self.dice.choice((owner, provider)), *key),
            "pledge_stake": (owner, agent, amount),
            "set_credit_line": (provider, agent, amount),
        }
        what = self.dice.choice(list(calls))
        self.attempt(what, *calls[what])
