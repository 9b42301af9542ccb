"""The OpenAPI document: it tells of all places, and no request made after it, or against it, makes the gateway fail."""

import asyncio
import re
from pathlib import Path

import httpx
import schemathesis
from house import MODEL, House
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from requests import Request
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance
from starlette.routing import Route

from agents.chain.store import Store
from agents.llm.gateway.openapi import document
from agents.money import CREDIT

PAGE = Path(__file__).resolve().parents[4] / "docs" / "gateway.md"
EXAMPLES = 300
"""In all: of requests as they should be, and as they should not."""


async def test_document_tells_of_all_places(house):
    told = {(path, method.upper()) for path, item in document()["paths"].items() for method in item}
    served = {
        (route.path.replace(":path", ""), method)
        for route in house.gateway.app.routes
        if isinstance(route, Route)
        for method in route.methods - {"HEAD"}
    }
    assert served - told == {("/openapi.json", "GET")}
    assert told <= served


def test_page_for_builders_names_places_that_are_there():
    page = PAGE.read_text()
    named = set(re.findall(r"(?:GET|POST|DELETE) (/[a-z1/{}.]+)", page))
    assert {"/v1/chat/completions", "/v1/agora/challenge"} <= named
    paths = {path.replace("{model}", "{id}") for path in document()["paths"]} | {"/openapi.json"}
    assert named <= paths


async def test_document_is_served(house):
    async with house.client() as client:
        assert (await client.get("/openapi.json")).json() == document()


def test_no_request_makes_the_gateway_fail(tmp_path):
    operations = [found.ok() for found in schemathesis.openapi.from_dict(document()).get_all_operations()]
    cases = st.one_of(
        operation.as_strategy(generation_mode=mode) for operation in operations for mode in GenerationMode
    )
    store, loop, seen = Store.open(tmp_path / "store.db"), asyncio.new_event_loop(), set()
    house = House(store, a_minute=10**6)
    key = house.member(units=10**6 * CREDIT)
    client = house.client()

    @seed(1)
    @settings(max_examples=EXAMPLES, database=None)
    @given(case=cases, is_known=st.booleans())
    def send(case, is_known):
        asked = case.as_transport_kwargs(base_url="http://gateway")
        if is_known:
            asked["headers"]["Authorization"] = f"Bearer {key}"
            if isinstance(asked.get("json"), dict) and "model" in asked["json"]:
                asked["json"]["model"] = MODEL
        try:
            ready = Request(**asked).prepare()
            headers = {
                name.encode("latin-1"): value.encode("latin-1") for name, value in ready.headers.items()
            }
            request = client.build_request(
                ready.method, ready.url, headers=headers, content=ready.body or b""
            )
        except (ValueError, httpx.InvalidURL):
            return  # what no client can send
        response = loop.run_until_complete(client.send(request))
        seen.add(response.status_code)
        case.validate_response(response, checks=[not_a_server_error, content_type_conformance])

    try:
        send()
    finally:
        loop.run_until_complete(client.aclose())
        loop.close()
        store.close()
    assert {200, 400, 401, 404} <= seen
