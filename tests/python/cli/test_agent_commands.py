"""``agora agent`` and ``agora ledger``: identities, credits, and what moved."""

import base64
import json

from agents.chain.locks import WalletLocks
from agents.chain.reader import read
from agents.chain.store import Store
from agents.chain.wallet import Seed, Wallet
from agents.fleet.single import wallet_index
from agents.market.domain import account_of, account_of_agent
from agents.money import CREDIT


async def test_an_agent_is_registered_once_with_its_card_and_claims(newcomer, world):
    typed = (
        "agent",
        "create",
        "Nora",
        "--skills",
        "research=80,writing",
        "--role",
        "a reader",
        "--credits",
        "12.5",
    )
    made = await newcomer.tells(*typed)
    owner = Seed.open(newcomer.home).wallet(wallet_index("Nora")).address
    assert (made["id"], made["name"], made["wallet"]) == (1, "Nora", owner)
    card = json.loads(base64.b64decode(made["uri"].partition(",")[2]))
    assert (card["name"], card["description"]) == ("Nora", "a reader")
    await world.catch_up()
    assert world.view.agent_of_owner[owner] == 1
    assert world.view.skills[1] == {"research": 80, "writing": 70}
    assert world.view.balance(account_of_agent(1)).free == 12_500_000
    assert (await newcomer.tells(*typed[:-2]))["id"] == 1, "the same name is the same agent"
    assert await read(world.rpc, world.deployment.registry.agent_count()) == 1
    (listed,) = (await newcomer.tells("agent", "list", "--skill", "writing"))["items"]
    assert (listed["id"], listed["name"], listed["free"]) == (1, "Nora", 12_500_000)
    shown = await newcomer.tells("agent", "show", 1)
    assert {one["skill"]: one["claimed"] for one in shown["standing"]} == {"research": 80, "writing": 70}
    for words in ("Nora", owner, "12.50 free", "research"):
        assert words in await newcomer.does("agent", "show", 1)
    assert "Nora" in await newcomer.does("agent", "list", "--sort", "balance")


async def test_an_agent_of_a_key_file_has_a_card_of_its_own(newcomer, world, tmp_path):
    key, card = tmp_path / "nora.key", tmp_path / "card.json"
    key.write_text(f"0x{'22' * 32}\n")
    card.write_text(json.dumps({"name": "Nora", "services": []}))
    made = await newcomer.tells("agent", "create", "Nora", "--key-file", key, "--card", card)
    assert made["wallet"] == Wallet(bytes.fromhex("22" * 32)).address
    assert "22222222" not in str(made)
    refusal = await newcomer.refused("agent", "create", "Other", "--key-file", key)
    assert f"wallet {made['wallet']} owns an agent already" in refusal
    card.write_text("[]")
    assert "must be a JSON object" in await newcomer.refused("agent", "create", "Other", "--card", card)
    assert "letters, digits" in await newcomer.refused("agent", "create", "no name")
    assert "there is no agent 7" in await newcomer.refused("agent", "show", 7)


async def test_credits_are_given_moved_and_accounted_for(newcomer, world):
    await newcomer.does("agent", "create", "Nora")
    funded = await newcomer.tells("agent", "fund", 1, 5)
    assert funded == {"id": 1, "free": 5 * CREDIT, "locked": 0, "debt": 0}
    assert "there is no agent 9" in await newcomer.refused("agent", "fund", 9, 5)
    assert "more than 0 credits" in await newcomer.refused("agent", "fund", 1, 0)
    own = newcomer.wallet.address
    assert "say --yes" in await newcomer.refused("ledger", "transfer", "me", 2, "--from", "agent:1")
    moved = await newcomer.tells("ledger", "transfer", "me", 2, "--from", "agent:1", "--yes")
    assert (moved["from"], moved["to"], moved["amount"], moved["left"]) == (
        "agent:1",
        own,
        2 * CREDIT,
        3 * CREDIT,
    )
    assert (await world.market.balance(account_of(own))).free == 2 * CREDIT
    mine, hers = (await newcomer.tells("ledger", "balance", "me", "agent:1"))["items"]
    assert (mine["account"], mine["free"], mine["outside"]) == (own, 2 * CREDIT, 0)
    assert (hers["account"], hers["free"], hers["outside"]) == ("agent:1", 3 * CREDIT, None)
    assert "3.00" in await newcomer.does("ledger", "balance", "agent:1")
    entries = (await newcomer.tells("ledger", "history", "--account", "agent:1", "--reason", "transfer"))[
        "items"
    ]
    assert [(one["account_from"], one["account_to"], one["amount"]) for one in entries] == [
        ("agent:1", own, 2 * CREDIT),
        (own, "agent:1", 5 * CREDIT),
    ]
    assert "transfer" in await newcomer.does("ledger", "history", "--at-least", 5)
    overview = await newcomer.tells("ledger", "overview")
    assert (overview["minted"], overview["held"], overview["free"]) == (5 * CREDIT, 5 * CREDIT, 5 * CREDIT)
    assert "5.00 credits" in await newcomer.does("ledger", "overview")
    assert "credits conserved: yes" in await newcomer.does("ledger", "audit")


async def test_a_transfer_that_was_cut_off_is_not_made_twice(newcomer, world):
    """The command was killed after its transaction went out: the same command finds it carried out."""
    await newcomer.does("agent", "create", "Nora")
    await newcomer.does("agent", "fund", 1, 5)
    path = newcomer.home / world.deployment.key / "wallets" / f"{newcomer.wallet.address}.db"
    store = Store.open(path)
    with store.transaction() as db:
        db.execute(
            "UPDATE outbox SET state = 'pending', block = NULL, receipt = NULL WHERE intent LIKE 'transfer:%'"
        )
    store.close()
    code, _, beside = await newcomer.run("agent", "fund", 1, 5)
    assert code == 0
    assert "it is not sent again" in beside
    assert (await world.market.balance(account_of_agent(1))).free == 5 * CREDIT


async def test_accounts_of_others_are_out_of_reach(newcomer, world, wallets):
    agent_id = await world.register("Ada", wallets[1])
    refusal = await newcomer.refused("ledger", "transfer", "me", 1, "--from", f"agent:{agent_id}", "--yes")
    assert f"the account agent:{agent_id} is for {wallets[1].address} alone" in refusal
    assert "there is no agent 9" in await newcomer.refused("ledger", "transfer", "agent:9", 1, "--yes")
    assert "agent:5, an address, or me" in await newcomer.refused("ledger", "balance", "Ada")


async def test_a_wallet_that_a_fleet_holds_is_named(newcomer, world):
    locks = WalletLocks(world.deployment.genesis_hash)
    locks.take(newcomer.wallet.address)
    try:
        refusal = await newcomer.refused("agent", "fund", 1, 1)
    finally:
        locks.close()
    assert f"wallet {newcomer.wallet.address} is held by a fleet or a command that runs" in refusal
