"""The market's contracts on a node of their own, where a pool and parameters say what a test tells them to say.

Everybody's account is unlocked there, and the time stands still but for warps: a call that is only asked sees the
same block time as one that is sent.
"""

import asyncio
import inspect
import json
import subprocess
from dataclasses import astuple, fields, is_dataclass
from pathlib import Path

from eth_abi.abi import decode, encode
from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from model import SignedBid, Terms, account_of, account_of_agent
from walk import AGENTS, BUYERS, CAPITAL, OWNERS

from agents.chain import toolchain
from agents.chain.abi import Function, nothing
from agents.chain.abi_model import Param
from agents.chain.bindings import (
    agent_registry,
    bid_auction,
    credit_token,
    incentive_engine,
    ledger,
    task_manager,
)
from agents.chain.bindings.errors import decode_error
from agents.chain.faucet import TEST_PHRASE
from agents.chain.reader import request
from agents.chain.rpc import Rpc, quantity
from agents.chain.wallet import Seed
from agents.errors import RpcError
from agents.money import CREDIT

CHAIN_ID = 31337
MOCKS = Path("tests/contracts/mocks")
WIRED = {
    "CreditToken": "contracts/CreditToken.sol",
    "Ledger": "contracts/Ledger.sol",
    "AgentRegistry": "contracts/AgentRegistry.sol",
    "TaskManager": "contracts/TaskManager.sol",
    "BidAuction": "contracts/BidAuction.sol",
    "IncentiveEngine": "contracts/IncentiveEngine.sol",
    "MessageHub": "contracts/MessageHub.sol",
    "EvaluatorPool": MOCKS / "PoolStub.sol",
    # Nobody asks these two for anything; debts are recorded in the meter's name.
    "UsageMeter": MOCKS / "PoolStub.sol",
    "RaceBoard": MOCKS / "PoolStub.sol",
    "MarketParameters": MOCKS / "ParametersStub.sol",
}
"""The contracts in the order of the wiring, and of the deployment."""
TERMS = Terms()
OVERDRAFT = CREDIT
TREASURY = 9
TOKENS = 1_000_000 * CREDIT

TOO_FEW_SEATS = keccak(text="TooFewSeats(uint256,uint256)")[:4]
SIGNED = {
    "SignedCommitment": "uint256 taskId,uint256 agentId,uint200 digest,uint200 replaces,uint256 validUntil",
    "SignedBid": "uint256 taskId,uint256 agentId,uint256 price,uint256 promised,uint256 validUntil,uint256 nonce",
}


def stub(name, *kinds):
    """A function of the pool's stub."""
    return Function(name, keccak(text=f"{name}({','.join(kinds)})")[:4], kinds, ())


SET_SEATS = stub("setSeats", "uint256")
DECIDE = stub("decide", "address", "uint256", "uint256", "uint256")
GIVE_UP = stub("giveUp", "address", "uint256")


def compile_mocks():
    """The stubs are compiled, and nothing else of the tests in Solidity."""
    sources = sorted({str(path) for path in WIRED.values() if MOCKS in Path(path).parents})
    for files in (["--no-tests"], sources):
        subprocess.run(
            [*toolchain.hardhat(), "build", "--quiet", *files],
            cwd=toolchain.ROOT,
            env=toolchain.environment(),
            check=True,
            capture_output=True,
        )


def creation(source, arguments):
    """The data of the transaction that creates the contract in a source file."""
    artifact = toolchain.ROOT / "artifacts" / source / f"{Path(source).stem}.json"
    compiled = json.loads(artifact.read_text("utf-8"))
    inputs = next((one["inputs"] for one in compiled["abi"] if one["type"] == "constructor"), [])
    kinds = [Param.read(one, at).type for at, one in enumerate(inputs)]
    return compiled["bytecode"] + encode(kinds, arguments).hex()


def created_by(deployer, nonce):
    """Where a contract will be: the hash of the RLP of creator and nonce, which is below 128."""
    rlp = b"\xd6\x94" + bytes.fromhex(deployer[2:]) + (bytes([nonce]) if nonce else b"\x80")
    return to_checksum_address(keccak(rlp)[-20:])


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

    def __init__(self, url):
        self.loop, self.rpc = asyncio.new_event_loop(), Rpc(url)
        seed = Seed(TEST_PHRASE)
        self.wallets = [seed.wallet(index) for index in range(10)]
        self.people = [wallet.address for wallet in self.wallets]
        self.now = int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 1
        self.deploy()
        self.fund()
        self.snapshot = self.ask("evm_snapshot")
        self.began = self.now

    def close(self):
        self.loop.run_until_complete(self.rpc.close())
        self.loop.close()

    def restart(self):
        """All that was done since the beginning is undone."""
        self.ask("evm_revert", self.snapshot)
        self.snapshot, self.now = self.ask("evm_snapshot"), self.began
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

    def deploy(self):
        compile_mocks()
        deployer = self.people[0]
        nonce = int(self.ask("eth_getTransactionCount", deployer, "latest"), 16)
        at = {name: created_by(deployer, nonce + place) for place, name in enumerate(WIRED)}
        wiring = tuple(at.values())
        terms = (
            *(TERMS.fee_bps, TERMS.bond_percent, TERMS.named_weight),
            *(TERMS.min_window, TERMS.max_window, TERMS.seat_fee, OVERDRAFT),
        )
        arguments = {
            "CreditToken": (deployer, 10**15),
            "TaskManager": (wiring, self.people[TREASURY]),
            "MarketParameters": (terms,),
            **dict.fromkeys(("EvaluatorPool", "UsageMeter", "RaceBoard"), (at["Ledger"],)),
        }
        for name, source in WIRED.items():
            data = creation(source, arguments.get(name, (wiring,)))
            receipt = self.transact({"from": deployer, "data": data})
            assert to_checksum_address(receipt["contractAddress"]) == at[name], name
        self.at = at
        self.token = credit_token.CreditToken(at["CreditToken"])
        self.ledger = ledger.Ledger(at["Ledger"])
        self.registry = agent_registry.AgentRegistry(at["AgentRegistry"])
        self.tasks = task_manager.TaskManager(at["TaskManager"])
        self.auction = bid_auction.BidAuction(at["BidAuction"])
        self.incentives = incentive_engine.IncentiveEngine(at["IncentiveEngine"])
        self.decoders = {
            self.ledger.address: ledger.EVENTS,
            self.registry.address: agent_registry.EVENTS,
            self.tasks.address: task_manager.EVENTS,
            self.auction.address: bid_auction.EVENTS,
            self.incentives.address: incentive_engine.EVENTS,
        }

    def fund(self):
        """The meter can send, the deployer holds tokens, and agents and buyers have their capital."""
        self.ask("hardhat_impersonateAccount", self.at["UsageMeter"])
        self.ask("hardhat_setBalance", self.at["UsageMeter"], quantity(10**18))
        admin = self.people[0]
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

    # Words

    def digest_of(self, task_id, agent, price, promised, salt):
        """A commitment, bound to this chain and auction."""
        kinds = ["uint256", "address", "uint256", "uint256", "uint256", "uint256", "bytes32"]
        bound = CHAIN_ID, self.auction.address, task_id, agent, price, promised, salt
        return int.from_bytes(keccak(encode(kinds, bound))) >> 56

    def sign(self, item, signer):
        """The signature of a relayed bid or commitment, by one of the people."""
        kind = "SignedBid" if isinstance(item, SignedBid) else "SignedCommitment"
        fields = [field.split(" ") for field in SIGNED[kind].split(",")]
        domain = {
            "name": "BidAuction",
            "version": "1",
            "chainId": CHAIN_ID,
            "verifyingContract": self.auction.address,
        }
        types = {kind: [{"type": type_, "name": name} for type_, name in fields]}
        message = dict(zip([name for _, name in fields], astuple(item), strict=True))
        signable = encode_typed_data(domain, types, message)
        wallet = self.wallets[self.people.index(signer)]
        return wallet.sign_digest(keccak(b"\x19" + signable.version + signable.header + signable.body))

    def of_pool(self, function, *arguments):
        """A call of the pool's stub."""
        return function.call(self.at["EvaluatorPool"], arguments, nothing)
