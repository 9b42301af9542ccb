"""Keys: who gets one, for how long, and what is kept of it."""

import re
import sqlite3

import httpx
import pytest
from house import AGENT, BASE, CHAIN_ID, CHAT, MODEL, NOW, SEED, House, chat, says

from agents.llm.gateway.app import behind_proxy
from agents.llm.gateway.keys import CHALLENGE_SECONDS, LIFETIME
from agents.llm.gateway.signin import digest_of
from agents.money import CREDIT

OWNER = SEED.wallet(AGENT)
CHALLENGE, KEYS = "/v1/agora/challenge", "/v1/agora/keys"


@pytest.fixture
def house(store):
    house = House(store)
    house.authority.actors.add((AGENT, OWNER.address))
    return house


async def challenged(house, **fields):
    """The message that the owner of the agent is to sign."""
    async with house.client() as client:
        response = await client.post(CHALLENGE, json={"agent_id": AGENT, "address": OWNER.address} | fields)
    assert response.status_code == 200, response.text
    return response.json()["message"]


async def asked(house, message, wallet=OWNER, signature=None):
    """The response to the message, signed."""
    signature = signature or wallet.sign_digest(digest_of(message))
    async with house.client() as client:
        return await client.post(KEYS, json={"message": message, "signature": f"0x{signature.hex()}"})


async def keyed(house, **fields):
    """A key of the agent, and all that came with it."""
    response = await asked(house, await challenged(house, **fields))
    assert response.status_code == 201, response.text
    return response.json()


async def status(house, key):
    async with house.client(key) as client:
        return await client.get("/v1/agora/account")


async def test_message_is_one_of_eip_4361(house):
    message = await challenged(house)
    assert re.fullmatch(
        "gateway wants you to sign in with your Ethereum account:\n"
        f"{OWNER.address}\n\n"
        f"Give agent {AGENT} a key for calls of models, which vouchers of 0x[0-9a-fA-F]{{40}} pay for.\n\n"
        f"URI: http://gateway/v1\nVersion: 1\nChain ID: {CHAIN_ID}\nNonce: [a-zA-Z0-9]{{8,}}\n"
        r"Issued At: 2023-11-14T22:13:20Z\nExpiration Time: 2023-11-14T22:18:20Z",
        message,
    )


async def test_wallet_that_acts_for_the_agent_gets_a_key_and_thinks_with_it(house):
    told = await keyed(house)
    assert re.fullmatch("agora_[0-9a-f]{64}", told["key"])
    assert (told["agent_id"], told["expires"]) == (AGENT, NOW + LIFETIME)
    agent_id, signer, provider, _ = told["channel"]["arguments"]
    assert (agent_id, signer, provider) == (AGENT, told["signer"], house.meter.provider)
    async with house.client(told["key"]) as client:
        says(await client.post(CHAT, json=chat()), 402, "no_channel")
        house.fund(AGENT, told["signer"], 1000 * CREDIT)
        response = await client.post(CHAT, json=chat())
        assert response.status_code == 200
        # The gateway keeps the signer, so there is nothing to sign.
        assert "agora-voucher-due" not in response.headers
    assert house.state().vouched == house.state().settled > 0


async def test_own_signer_is_what_the_message_says(house):
    signer = SEED.wallet(30).address
    message = await challenged(house, signer=signer.lower())
    assert f"vouchers of {signer} pay" in message
    told = (await asked(house, message)).json()
    assert told["signer"] == signer
    house.fund(AGENT, signer, 1000 * CREDIT)
    async with house.client(told["key"]) as client:
        assert "agora-voucher-due" in (await client.post(CHAT, json=chat())).headers


async def test_each_key_pays_from_the_channel_of_its_own_signer(house):
    own, local = SEED.wallet(30).address, house.member()

    async def think(key):
        """What the account of a key that made a call says of its signer, and of what was spent there."""
        async with house.client(key) as client:
            assert (await client.post(CHAT, json=chat())).status_code == 200
            account = (await client.get("/v1/agora/account")).json()
        return account["signer"], account["settled"] > 0, account["name"]

    kept = await keyed(house)
    house.fund(AGENT, kept["signer"], 1000 * CREDIT)
    assert await think(local) == (OWNER.address, True, "ada")
    assert await think(kept["key"]) == (kept["signer"], True, f"agent {AGENT}")
    itself = await keyed(house, signer=own)
    house.fund(AGENT, own, 1000 * CREDIT)
    before = [house.meter.account(AGENT, one).settled for one in (OWNER.address, kept["signer"])]
    assert await think(itself["key"]) == (own, True, f"agent {AGENT}")
    assert before == [house.meter.account(AGENT, one).settled for one in (OWNER.address, kept["signer"])]


async def test_a_key_that_names_a_partys_wallet_leaves_it_its_way_to_sign(house):
    local = house.member()
    await keyed(house, signer=OWNER.address)
    async with house.client(local) as client:
        response = await client.post(CHAT, json=chat())
        assert "agora-voucher-due" not in response.headers
        assert (await client.post(CHAT, json=chat())).status_code == 200


async def test_message_gives_one_key(house):
    message = await challenged(house)
    assert (await asked(house, message)).status_code == 201
    says(await asked(house, message), 401, "challenge_used")
    house.open()
    says(await asked(house, message), 401, "challenge_used")


async def test_message_that_is_too_old_gives_none(house):
    message = await challenged(house)
    house.clock.now += CHALLENGE_SECONDS
    says(await asked(house, message), 401, "challenge_expired")


async def test_message_that_was_changed_or_made_elsewhere_gives_none(house):
    message = await challenged(house)
    other = SEED.wallet(3)
    house.authority.actors.add((8, OWNER.address))
    for changed in (
        message.replace(f"agent {AGENT}", "agent 8"),
        message.replace(OWNER.address, other.address),
        message.replace("22:18:20", "22:28:20"),
        message.replace("22:13:20", "22:14:20"),
        message.replace(f"Chain ID: {CHAIN_ID}", "Chain ID: 1"),
        message.replace("gateway wants", "elsewhere wants"),
        message + "\n",
        "hello",
    ):
        assert changed != message
        says(await asked(house, changed), 400, "challenge_unknown", "message")
    assert house.keys.living() == []


async def test_signature_of_another_gives_none(house):
    message = await challenged(house)
    for signature in (SEED.wallet(3).sign_digest(digest_of(message)), bytes(65), bytes(64), bytes(100)):
        says(await asked(house, message, signature=signature), 401, "bad_signature")
    # It was not used up by that.
    assert (await asked(house, message)).status_code == 201


async def test_who_may_not_act_for_the_agent_gets_none(house):
    house.authority.actors.clear()
    says(await asked(house, await challenged(house)), 403, "cannot_act")


async def test_wallet_that_is_a_contract_is_asked(house):
    contract, signature = SEED.wallet(40).address, b"\x01" * 100
    house.authority.actors.add((AGENT, contract))
    message = await challenged(house, address=contract)
    says(await asked(house, message, signature=signature), 401, "bad_signature")
    house.authority.approved.add((contract, signature))
    assert (await asked(house, message, signature=signature)).status_code == 201


async def test_key_expires(house):
    told = await keyed(house)
    house.clock.now += LIFETIME - 1
    assert (await status(house, told["key"])).status_code == 200
    house.clock.now += 1
    says(await status(house, told["key"]), 401, "key_expired")
    async with house.client(told["key"]) as client:
        says(await client.post(CHAT, json=chat()), 401, "key_expired")


async def test_key_that_is_revoked_is_worth_nothing_and_others_hold(house):
    first, second = await keyed(house), await keyed(house)
    async with house.client(second["key"]) as client:
        listed = (await client.get(KEYS)).json()["keys"]
        assert {one["id"] for one in listed} == {first["id"], second["id"]}
        assert "key" not in listed[0]
        assert (await client.delete(f"{KEYS}/{first['id']}")).json() == {"id": first["id"], "revoked": True}
        says(await client.delete(f"{KEYS}/{first['id']}"), 404, "key_not_found", "id")
    says(await status(house, first["key"]), 401, "invalid_api_key")
    house.open()
    says(await status(house, first["key"]), 401, "invalid_api_key")
    assert (await status(house, second["key"])).status_code == 200


async def test_agent_cannot_revoke_the_key_of_another(house):
    told, bobs = await keyed(house), house.member(8, "bob")
    async with house.client(bobs) as client:
        says(await client.delete(f"{KEYS}/{told['id']}"), 404, "key_not_found", "id")
    assert (await status(house, told["key"])).status_code == 200


async def test_key_dies_with_the_ownership_under_which_it_was_given(house):
    told = await keyed(house)
    house.epochs[AGENT] = 1
    says(await status(house, told["key"]), 401, "key_expired")
    assert (await keyed(house))["signer"] != told["signer"]


async def test_keys_outlive_the_process_and_only_their_digests_are_kept(house):
    told = await keyed(house)
    house.fund(AGENT, told["signer"], 1000 * CREDIT)
    house.open()
    async with house.client(told["key"]) as client:
        assert (await client.post(CHAT, json=chat())).status_code == 200
    kept = "\n".join(sqlite3.connect(house.store.path).iterdump())
    assert told["id"] in kept
    assert told["key"].removeprefix("agora_") not in kept


async def test_key_of_this_process_is_not_kept(house):
    key = house.member()
    house.open()
    says(await status(house, key), 401, "invalid_api_key")


async def test_models_are_listed_to_all_but_those_with_a_wrong_key(house):
    async with house.client() as client:
        assert [one["id"] for one in (await client.get("/v1/models")).json()["data"]] == [MODEL]
        assert (await client.get(f"/v1/models/{MODEL}")).json()["price"]["input_per_million"] > 0
    async with house.client("agora_00") as client:
        says(await client.get("/v1/models"), 401, "invalid_api_key")


async def test_who_asks_too_often_waits(store):
    house = House(store, a_minute=3)
    async with house.client() as client:
        body = {"agent_id": AGENT, "address": OWNER.address}
        for _ in range(3):
            assert (await client.post(CHALLENGE, json=body)).status_code == 200
        response = await client.post(CHALLENGE, json=body)
        says(response, 429, "too_many_requests")
        assert response.headers["retry-after"] == "20"
        house.clock.now += 20
        assert (await client.post(CHALLENGE, json=body)).status_code == 200


@pytest.mark.parametrize("proxied", [False, True])
async def test_clients_behind_a_proxy_are_told_apart_if_it_is_trusted(store, proxied):
    house = House(store, a_minute=1)
    app = behind_proxy(house.gateway.app) if proxied else house.gateway.app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:

        async def ask(forwarded):
            body = {"agent_id": AGENT, "address": OWNER.address}
            told = [("X-Forwarded-For", one) for one in forwarded]
            return (await client.post(CHALLENGE, json=body, headers=told)).status_code

        assert await ask(["10.0.0.1"]) == 200
        assert await ask(["10.0.0.2"]) == (200 if proxied else 429)
        # What stands before the last address is the client's own.
        assert await ask(["10.0.0.3, 10.0.0.1"]) == 429
        assert await ask(["10.0.0.4", "10.0.0.1"]) == 429
        assert await ask([""]) == (200 if proxied else 429), "then the peer counts"
        assert await ask([]) == 429


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (CHALLENGE, {"address": OWNER.address}, "agent_id"),
        (CHALLENGE, {"agent_id": -1, "address": OWNER.address}, "agent_id"),
        (CHALLENGE, {"agent_id": AGENT, "address": "ada"}, "address"),
        (CHALLENGE, {"agent_id": AGENT, "address": OWNER.address, "lifetime": 9}, "lifetime"),
        (KEYS, {"message": "hello"}, "signature"),
        (KEYS, {"message": "hello", "signature": "0x00"}, "signature"),
        (KEYS, {"message": "", "signature": "0x" + "00" * 65}, "message"),
    ],
)
async def test_malformed_request_is_refused_by_its_field(house, path, body, field):
    async with house.client() as client:
        says(await client.post(path, json=body), 400, "invalid_request", field)
