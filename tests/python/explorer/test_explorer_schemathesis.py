"""The API's description, and that no request made after it, or against it, makes the explorer fail: what it answers is
what the description says."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from requests import Request
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

sys.path.insert(0, str(Path(__file__).parent / "api"))

from filled import filled, life
from standing_in import inside

from agents.explorer.api.app import build
from agents.explorer.api.policy import Policy

EXAMPLES = 400
"""In all: of requests as they should be, and as they should not."""
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
ENDLESS = {"/events"}
"""A stream does not end, and has tests of its own."""
KNOWN = {"task": 3, "agent": 2, "block": 5, "account": "agent:1", "thread": 1, "limit": 3}
"""Values that the index has, for parameters of these names."""


# Now and then `random` is in another state after a draw of Schemathesis's strategies, of which Hypothesis warns.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
def test_no_request_makes_the_explorer_fail(tmp_path):
    plenty = Policy(rate=1e9, burst=1e9, uploads=1e9, uploads_burst=1e9)
    context = filled(tmp_path, life(60), policy=plenty)
    document = build(context).openapi()
    for path in ENDLESS:
        document["paths"].pop(path, None)
    found = [one.ok() for one in schemathesis.openapi.from_dict(document).get_all_operations()]
    operations = [one for one in found if not one.path.startswith("/{")]
    assert {"/api/tasks", "/api/tasks/{task}", "/api/export/tasks.csv", "/api/search"} <= {
        one.path for one in operations
    }
    cases = st.one_of(one.as_strategy(generation_mode=mode) for one in operations for mode in GenerationMode)
    client, loop, seen = inside(context), asyncio.new_event_loop(), set()

    @seed(1)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(case=cases, is_known=st.booleans())
    def send(case, is_known):
        if is_known:
            for values in (case.path_parameters, case.query):
                values.update({name: value for name, value in KNOWN.items() if name in (values or {})})
        try:
            ready = Request(**case.as_transport_kwargs(base_url="http://127.0.0.1")).prepare()
            headers = {
                name.encode("latin-1"): value.encode("latin-1") for name, value in ready.headers.items()
            }
            request = client.build_request(
                ready.method, ready.url, headers=headers, content=ready.body or b""
            )
        except (ValueError, httpx.InvalidURL):
            return  # what no client can send
        response = loop.run_until_complete(client.send(request))
        seen.add((response.status_code, case.operation.path))
        checks = CHECKS if case.operation.path.startswith("/api/") else CHECKS[:1]
        case.validate_response(response, checks=checks)

    try:
        send()
    finally:
        loop.run_until_complete(client.aclose())
        loop.close()
        context.engine.dispose()
    assert {status for status, _ in seen} >= {200, 404, 422}
    assert len({path for status, path in seen if status == 200}) > 25
