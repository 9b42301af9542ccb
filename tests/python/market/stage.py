"""The market's contracts on a node of their own, with the pool's stub if a test is to say what panels say.

Everybody's account is unlocked there, those of the contracts too, and the time stands still but for warps: a call that
is only asked sees the same block time as one that is sent. It begins at the same time and has the same addresses
each time.
"""

import asyncio
import inspect
import json
import subprocess
from dataclasses import astuple, fields, is_dataclass
from pathlib import Path

from cast import AGENTS, BUYERS, CAPITAL, EVALUATOR, OWNERS, TREASURY
from eth_abi.abi import decode, encode
from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from model import Terms, account_of, account_of_agent
from model.law import PANEL

from agents.chain import toolchain
from agents.chain.abi import Function, nothing
from agents.chain.abi_model import Param
from agents.chain.bindings import (
    action_logger,
    agent_registry,
    bid_auction,
    credit_token,
    evaluator_pool,
    incentive_engine,
    ledger,
    market_governor,
    market_parameters,
    message_hub,
    race_board,
    task_manager,
    task_marketplace,
    timelock_controller,
    usage_meter,
    voting_credits,
)
from agents.chain.bindings.errors import decode_error
from agents.chain.faucet import TEST_PHRASE
from agents.chain.logs import Log
from agents.chain.reader import request
from agents.chain.rpc import Rpc, quantity
from agents.chain.tailer import LoggedEvent
from agents.chain.wallet import Seed
from agents.errors import RpcError
from agents.money import CREDIT

CHAIN_ID, START = 31337, 2_000_000_000
STUB = "tests/contracts/mocks/PoolStub.sol"
WIRED = [
    *("CreditToken", "Ledger", "AgentRegistry", "TaskManager", "BidAuction", "IncentiveEngine"),
    *("MessageHub", "EvaluatorPool", "UsageMeter", "RaceBoard", "MarketParameters"),
]
"""The contracts in the order of the wiring, and of the deployment."""
DEPLOYED = [
    *WIRED,
    "VotingCredits",
    "ActionLogger",
    "TaskMarketplace",
    "TimelockController",
    "MarketGovernor",
]
SOURCES = {
    "TimelockController": "@openzeppelin/contracts/governance/TimelockController.sol",
    **{
        name: f"contracts/governance/{name}.sol"
        for name in ("MarketParameters", "VotingCredits", "MarketGovernor")
    },
}
"""Those that are not in the folder of the contracts itself."""
TERMS = Terms()
OVERDRAFT, CAP = CREDIT, 10**15
LEAST_QUORUM, TIMELOCK_DELAY = 1_000 * CREDIT, 2 * 86_400
SEAT_STAKE, WARM_UP, LEAVE_DELAY, CHALLENGE_WINDOW = 10 * CREDIT, 5, 60, 60
ADMIN, NOBODY = 0, "0x" + "0" * 40
TOKENS = 1_000_000 * CREDIT
WALLETS = [Seed(TEST_PHRASE).wallet(index) for index in range(10)]
PEOPLE = [wallet.address for wallet in WALLETS]

TOO_FEW_SEATS = keccak(text="TooFewSeats(uint256,uint256)")[:4]
AUTHORIZATION = "address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce"
SIGNED = {
    "SignedCommitment": "uint256 taskId,uint256 agentId,uint200 digest,uint200 replaces,uint256 validUntil",
    "SignedBid": "uint256 taskId,uint256 agentId,uint256 price,uint256 promised,uint256 validUntil,uint256 nonce",
    "Voucher": "bytes32 channelId,uint256 cumulative,bytes32 receiptsRoot",
    "AgentWalletSet": "uint256 agentId,address newWallet,address owner,uint256 deadline",
    "TransferWithAuthorization": AUTHORIZATION,
    "ReceiveWithAuthorization": AUTHORIZATION,
}
DOMAINS = {
    "SignedCommitment": ("BidAuction", "BidAuction"),
    "SignedBid": ("BidAuction", "BidAuction"),
    "Voucher": ("UsageMeter", "UsageMeter"),
    "AgentWalletSet": ("AgentRegistry", "ERC8004IdentityRegistry"),
    "TransferWithAuthorization": ("CreditToken", "Agora Credit"),
    "ReceiveWithAuthorization": ("CreditToken", "Agora Credit"),
}
"""Which contract takes each of them, and what it calls itself."""


def stub(name, *kinds):
    """A function of the pool's stub."""
    return Function(name, keccak(text=f"{name}({','.join(kinds)})")[:4], kinds, ())


SET_SEATS = stub("setSeats", "uint256")
DECIDE = stub("decide", "address", "uint256", "uint256", "uint256")
GIVE_UP = stub("giveUp", "address", "uint256")


def compile_contracts():
    """The contracts and the stub are compiled, and nothing else of the tests in Solidity."""
    for files in (["--no-tests"], [STUB]):
        subprocess.run(
            [*toolchain.hardhat(), "build", "--quiet", *files],
            cwd=toolchain.ROOT,
            env=toolchain.environment(),
            check=True,
            capture_output=True,
        )


def creation(source, arguments):
    """The data of the transaction that creates the contract in a source file."""
    # Hardhat keeps what is compiled of the tests apart.
    folder = "cache/test-artifacts" if source == STUB else "artifacts"
    artifact = toolchain.ROOT / folder / source / f"{Path(source).stem}.json"
    compiled = json.loads(artifact.read_text("utf-8"))
    inputs = next((one["inputs"] for one in compiled["abi"] if one["type"] == "constructor"), [])
    kinds = [Param.read(one, at).type for at, one in enumerate(inputs)]
    return compiled["bytecode"] + encode(kinds, arguments).hex()


def created_by(deployer, nonce):
    """Where a contract of a new chain will be: the hash of the RLP of creator and nonce, which is below 128."""
    rlp = b"\xd6\x94" + bytes.fromhex(deployer[2:]) + (bytes([nonce]) if nonce else b"\x80")
    return to_checksum_address(keccak(rlp)[-20:])


AT = {name: created_by(PEOPLE[ADMIN], nonce) for nonce, name in enumerate(DEPLOYED)}


def plain(value):
    """Structs as tuples."""
    return astuple(value) if is_dataclass(value) else value


def told(error):
    """A contract's refusal as the model tells it."""
    if error[:4] == TOO_FEW_SEATS:
        return ("TooFewSeats", *decode(["uint256", "uint256"], error[4:]))
    known = decode_error(error)
    assert known is not None, f"an unknown refusal: {error.hex()}"
    return (
        type(known).__name__,
        *(getattr(known, name) for name in inspect.signature(type(known)).parameters),
    )


class Stage:
    """The chain with everybody registered and funded; ``restart`` brings it back to there."""

    def __init__(self, url, pool="contracts/EvaluatorPool.sol"):
        self.loop, self.rpc = asyncio.new_event_loop(), Rpc(url)
        self.people = [*PEOPLE, AT["MessageHub"]]
        # So that evaluators are warm when a life begins.
        self.at, self.now = AT, START - WARM_UP - 1
        self.logged = []
        """All events of the market's contracts, as a tailer would give them."""
        self.deploy({"EvaluatorPool": pool})
        self.fund()
        if pool != STUB:
            self.seat()
        self.begun = len(self.logged)
        self.snapshot = self.ask("evm_snapshot")

    def close(self):
        self.loop.run_until_complete(self.rpc.close())
        self.loop.close()

    def restart(self):
        """All that was done since the beginning is undone."""
        del self.logged[self.begun :]
        self.ask("evm_revert", self.snapshot)
        self.snapshot, self.now = self.ask("evm_snapshot"), START
        self.warp(self.now)

    # The chain

    def ask(self, method, *params):
        return self.loop.run_until_complete(self.rpc.call(method, *params))

    def warp(self, time):
        """A block of this time is the newest one."""
        self.now = time
        self.ask("evm_setNextBlockTimestamp", quantity(time))
        self.ask("evm_mine")

    def read(self, calls):
        asked = [("eth_call", (request(call), "latest")) for call in calls]
        answers = self.loop.run_until_complete(self.rpc.batch(asked))
        return [call.decode(bytes.fromhex(answer[2:])) for call, answer in zip(calls, answers, strict=True)]

    def refusal(self, call, sender):
        """Why the call would fail, with nothing sent; None when it would not."""
        try:
            self.ask("eth_call", request(call, sender), "latest")
        except RpcError as error:
            return told(error.data or b"")
        return None

    def send(self, call, sender):
        """Do it, and return the events of the market's contracts in their order."""
        receipt = self.transact(request(call, sender))
        for log in map(Log.read, receipt["logs"]):
            typed = log.decode(self.decoders.get(log.address, {}))
            if typed:
                where = log.block, log.index, log.tx_hash, log.address
                self.logged.append(LoggedEvent(*where, typed, self.now))
        return [event for log in receipt["logs"] if (event := self.event(log))]

    def transact(self, transaction):
        self.ask("evm_setNextBlockTimestamp", quantity(self.now))
        sent = self.ask("eth_sendTransaction", transaction | {"gas": quantity(15_000_000)})
        return self.ask("eth_getTransactionReceipt", sent)

    def event(self, log):
        """An event as the model tells it; tokens are not its matter."""
        decoders = self.decoders.get(to_checksum_address(log["address"]))
        if decoders is None:
            return None
        topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
        event = decoders[topics[0]].decode(topics, bytes.fromhex(log["data"][2:]))
        values = [plain(getattr(event, field.name)) for field in fields(event)]
        name = type(event).__name__
        if name == "MetadataSet":
            del values[1]
        elif name == "RelaySkipped":
            values[1] = told(values[1])
        return (name, *values)

    # The beginning

    def deploy(self, sources):
        compile_contracts()
        wiring = tuple(AT[name] for name in WIRED)
        terms = (
            *(TERMS.fee_bps, TERMS.bond_percent, TERMS.named_weight),
            *(TERMS.min_window, TERMS.max_window, TERMS.seat_fee, OVERDRAFT),
        )
        stubbed = sources["EvaluatorPool"] == STUB
        arguments = {
            "CreditToken": (PEOPLE[ADMIN], CAP),
            "TaskManager": (wiring, PEOPLE[TREASURY]),
            "EvaluatorPool": (AT["Ledger"],) if stubbed else (wiring, SEAT_STAKE, WARM_UP, LEAVE_DELAY),
            "UsageMeter": (wiring, CHALLENGE_WINDOW),
            "MarketParameters": (terms, TERMS.min_window, AT["TimelockController"]),
            "VotingCredits": (AT["CreditToken"],),
            "TimelockController": (TIMELOCK_DELAY, [AT["MarketGovernor"]], [NOBODY], NOBODY),
            "MarketGovernor": (AT["VotingCredits"], AT["TimelockController"], LEAST_QUORUM),
        }
        sources = SOURCES | sources
        for name, address in AT.items():
            data = creation(sources.get(name, f"contracts/{name}.sol"), arguments.get(name, (wiring,)))
            receipt = self.transact({"from": PEOPLE[ADMIN], "data": data})
            assert to_checksum_address(receipt["contractAddress"]) == address, name
            self.ask("hardhat_impersonateAccount", address)
            self.ask("hardhat_setBalance", address, quantity(10**18))
        self.bind()

    def bind(self):
        self.token = credit_token.CreditToken(AT["CreditToken"])
        self.ledger = ledger.Ledger(AT["Ledger"])
        self.registry = agent_registry.AgentRegistry(AT["AgentRegistry"])
        self.tasks = task_manager.TaskManager(AT["TaskManager"])
        self.auction = bid_auction.BidAuction(AT["BidAuction"])
        self.incentives = incentive_engine.IncentiveEngine(AT["IncentiveEngine"])
        self.messages = message_hub.MessageHub(AT["MessageHub"])
        self.pool = evaluator_pool.EvaluatorPool(AT["EvaluatorPool"])
        self.meter = usage_meter.UsageMeter(AT["UsageMeter"])
        self.races = race_board.RaceBoard(AT["RaceBoard"])
        self.parameters = market_parameters.MarketParameters(AT["MarketParameters"])
        self.votes = voting_credits.VotingCredits(AT["VotingCredits"])
        self.actions = action_logger.ActionLogger(AT["ActionLogger"])
        self.marketplace = task_marketplace.TaskMarketplace(AT["TaskMarketplace"])
        self.timelock = timelock_controller.TimelockController(AT["TimelockController"])
        self.governor = market_governor.MarketGovernor(AT["MarketGovernor"])
        self.decoders = {
            self.ledger.address: ledger.EVENTS,
            self.registry.address: agent_registry.EVENTS,
            self.tasks.address: task_manager.EVENTS,
            self.auction.address: bid_auction.EVENTS,
            self.incentives.address: incentive_engine.EVENTS,
            self.meter.address: usage_meter.EVENTS,
            self.races.address: race_board.EVENTS,
        }

    def fund(self):
        """The deployer holds tokens, and agents and buyers have their capital."""
        admin = PEOPLE[ADMIN]
        minter = keccak(text="MINTER_ROLE")
        for call in (
            self.token.grant_role(minter, admin),
            self.token.mint(admin, TOKENS),
            self.token.approve(self.ledger.address, TOKENS),
        ):
            self.send(call, admin)
        for agent, owner in zip(AGENTS, OWNERS, strict=True):
            self.send(self.registry.register(), self.people[owner])
            self.send(self.ledger.deposit(account_of_agent(agent), CAPITAL["agent"]), admin)
        for buyer in BUYERS:
            self.send(self.ledger.deposit(account_of(self.people[buyer]), CAPITAL["buyer"]), admin)

    def seat(self):
        """The evaluator has the seats of a first panel, and credits for those of an appeal."""
        evaluator = PEOPLE[EVALUATOR]
        self.send(self.ledger.deposit(account_of(evaluator), 7 * SEAT_STAKE), PEOPLE[ADMIN])
        for _ in range(PANEL):
            self.send(self.pool.take_seat(), evaluator)

    # Words

    def digest_of(self, task_id, agent, price, promised, salt):
        """A commitment, bound to this chain and auction."""
        kinds = ["uint256", "address", "uint256", "uint256", "uint256", "uint256", "bytes32"]
        bound = CHAIN_ID, self.auction.address, task_id, agent, price, promised, salt
        return int.from_bytes(keccak(encode(kinds, bound))) >> 56

    def seal_of(self, task_id, agent, result, salt):
        """The commitment of a race's entry, bound in the same way."""
        kinds = ["uint256", "address", "uint256", "uint256", "bytes32", "bytes32"]
        return keccak(encode(kinds, (CHAIN_ID, self.races.address, task_id, agent, result, salt)))

    def sign(self, kind, values, signer):
        """The signature of typed data by one of the people."""
        fields = [field.split(" ") for field in SIGNED[kind].split(",")]
        contract, name = DOMAINS[kind]
        domain = {"name": name, "version": "1", "chainId": CHAIN_ID, "verifyingContract": AT[contract]}
        types = {kind: [{"type": type_, "name": name} for type_, name in fields]}
        message = dict(zip([name for _, name in fields], values, strict=True))
        signable = encode_typed_data(domain, types, message)
        digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
        return WALLETS[PEOPLE.index(signer)].sign_digest(digest)

    def of_pool(self, function, *arguments):
        """A call of the pool's stub."""
        return function.call(self.at["EvaluatorPool"], arguments, nothing)
