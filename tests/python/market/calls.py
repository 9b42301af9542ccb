"""The model's operations as calls of the contracts."""

from dataclasses import astuple

from cast import ANYONE, TREASURY
from model.channels import channel_id
from stage import DECIDE, GIVE_UP, SET_SEATS

from agents.chain.bindings import structs

PLAIN = {
    "tasks": [
        *("cancel", "submit", "evaluate", "release", "appeal", "declare_default"),
        *("close_sealed", "close_ruled", "close_defaulted", "close_rejected"),
    ],
    "auction": ["commit", "reveal", "forfeit", "bid", "finalize", "take_over", "invalidate_nonces"],
    "ledger": ["deposit", "withdraw", "transfer", "repay", "forgive", "flush_burn"],
    "meter": ["top_up", "start_exit", "start_unpledge", "unpledge", "set_credit_line", "seize"],
    "races": ["enter", "show", "judge", "advance"],
    "registry": ["register", "set_active"],
}
"""Those that have the contract's own arguments."""


def claim_of(voucher):
    return structs.Claim(voucher.agent, voucher.signer, voucher.cumulative, voucher.root)


class Calls:
    """``call`` says what to ask of which contract."""

    def __init__(self, stage):
        self.stage = stage
        self.plain = {
            what: getattr(getattr(stage, contract), what)
            for contract, names in PLAIN.items()
            for what in names
        }

    def call(self, what, caller, arguments):
        if what in self.plain:
            return self.plain[what](*arguments)
        return getattr(self, what)(caller, *arguments)

    def create_task(self, caller, params):
        return self.stage.tasks.create_task(structs.TaskParams(*astuple(params)))

    def dispute(self, caller, task_id, file, work):
        return self.stage.tasks.dispute(task_id, structs.File(*astuple(file)), work)

    def unseal(self, caller, task_id, file, secret):
        return self.stage.tasks.unseal(task_id, structs.File(*astuple(file)), secret)

    def sell(self, caller, agent, buyer):
        return self.stage.registry.transfer_from(caller, buyer, agent)

    def decide(self, caller, task_id, score, payee):
        return self.stage.of_pool(DECIDE, self.stage.tasks.address, task_id, score, payee)

    def give_up_case(self, caller, task_id):
        return self.stage.of_pool(GIVE_UP, self.stage.tasks.address, task_id)

    def unseal_race(self, caller, task_id, file, secret):
        return self.stage.races.unseal(task_id, structs.File(*astuple(file)), secret)

    def convene_entry(self, caller, task_id):
        return self.stage.races.convene(task_id)

    def release_race(self, caller, task_id):
        return self.stage.races.release(task_id)

    def forfeit_entry(self, caller, task_id, agent):
        return self.stage.races.forfeit(task_id, agent)

    def withdraw_entry(self, caller, task_id, agent):
        return self.stage.races.withdraw(task_id, agent)

    def decide_entry(self, caller, task_id, agent, score, payee):
        case = task_id << 64 | agent
        return self.stage.of_pool(DECIDE, self.stage.races.address, case, score, payee)

    def give_up_entry(self, caller, task_id, agent):
        return self.stage.of_pool(GIVE_UP, self.stage.races.address, task_id << 64 | agent)

    def open_channel(self, caller, agent, signer, provider, amount):
        return self.stage.meter.open(agent, signer, provider, amount)

    def close_channel(self, caller, agent, signer, provider):
        return self.stage.meter.close(agent, signer, provider)

    def pledge_stake(self, caller, agent, amount):
        return self.stage.meter.pledge(agent, amount)

    def redeem(self, caller, provider, voucher):
        return self.stage.meter.redeem(provider, claim_of(voucher), self.signed(provider, voucher))

    def redeem_many(self, caller, provider, vouchers):
        return self.stage.meter.redeem_many(provider, [self.voucher(provider, one) for one in vouchers])

    def voucher(self, provider, voucher):
        """With its signature in the short form: the highest bit of s is v."""
        signature = self.signed(provider, voucher)
        s = int.from_bytes(signature[32:64]) | (signature[64] - 27) << 255
        return structs.Voucher(claim_of(voucher), signature[:32], s.to_bytes(32))

    def signed(self, provider, voucher):
        channel = channel_id((voucher.agent, voucher.signer, provider), voucher.epoch)
        signer = voucher.signer if voucher.genuine else self.stage.people[TREASURY]
        return self.stage.sign("Voucher", (channel, voucher.cumulative, voucher.root), signer)

    def set_seats(self, caller, seats):
        return self.stage.of_pool(SET_SEATS, seats)

    def commit_for(self, caller, relayed):
        return self.stage.auction.commit_for(self.commitment(relayed))

    def commit_many(self, caller, relayed):
        return self.stage.auction.commit_many([self.commitment(one) for one in relayed])

    def bid_for(self, caller, relayed):
        return self.stage.auction.bid_for(self.bid(relayed))

    def bid_many(self, caller, relayed):
        return self.stage.auction.bid_many([self.bid(one) for one in relayed])

    def accept(self, caller, relayed):
        return self.stage.auction.accept(self.bid(relayed))

    def commitment(self, relayed):
        signed = structs.SignedCommitment(*astuple(relayed.item))
        return structs.RelayedCommitment(signed, relayed.signer, self.signature(relayed))

    def bid(self, relayed):
        return structs.RelayedBid(
            structs.SignedBid(*astuple(relayed.item)), relayed.signer, self.signature(relayed)
        )

    def signature(self, relayed):
        """By the signer, or by another in its name."""
        item, signer = relayed.item, relayed.signer if relayed.genuine else self.stage.people[ANYONE]
        return self.stage.sign(type(item).__name__, astuple(item), signer)
