"""A gateway that somebody else runs: what it says of itself is not believed if it makes no sense."""

from types import SimpleNamespace

import httpx
import pytest

from agents.errors import GatewayTooDear, GatewayUnfit
from agents.fleet import gateway
from agents.fleet.gateway import DEAREST, RemoteGateway
from agents.llm.prices import Price, PriceTable

METER = "0x" + "aa" * 20
PROVIDER = "0x" + "bb" * 20
PRICES = PriceTable(Price(3, 10**7), {})
DEPLOYMENT = SimpleNamespace(chain_id=1, meter=SimpleNamespace(address=METER))


def opened(monkeypatch, price=1, provider=PROVIDER):
    """What comes of a gateway that says this."""
    fields = ("input_per_million", "output_per_million", "cached_per_million")
    says = {
        "/v1/agora/info": {"chain_id": 1, "meter": METER, "provider": provider},
        "/v1/models": {"data": [{"id": "m", "price": dict.fromkeys(fields, price)}]},
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=says[request.url.path]))
    client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
    monkeypatch.setattr(gateway, "remote_client", lambda _: client)
    return RemoteGateway.open("http://gateway", None, PRICES, DEPLOYMENT, feed=None)


async def test_gateway_that_makes_sense_is_taken(monkeypatch):
    found = await opened(monkeypatch)
    assert (found.provider, found.model) == (PROVIDER, "m")
    await found.close()


@pytest.mark.parametrize("lie", [{"price": -1}, {"provider": "0x0"}, {"provider": "bob"}])
async def test_gateway_that_makes_no_sense_is_not(monkeypatch, lie):
    with pytest.raises(GatewayUnfit):
        await opened(monkeypatch, **lie)


async def test_gateway_that_asks_much_more_than_ones_own_list_is_not_paid(monkeypatch):
    await (await opened(monkeypatch, price=3 * DEAREST)).close()
    with pytest.raises(GatewayTooDear, match=r"asks 0\.000007 credits .* input .* than 0\.000006 is paid"):
        await opened(monkeypatch, price=3 * DEAREST + 1)
