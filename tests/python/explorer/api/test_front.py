"""The door: who is let in, what every answer says to browsers, and how often one may ask."""

import pytest
from standing_in import UP, context_in, inside, serving

from agents.explorer.api.limits import address_of
from agents.explorer.api.policy import Policy
from agents.explorer.api.security import CONTENT_SECURITY_POLICY
from agents.explorer.api.standing import Standing


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def context(tmp_path):
    context = context_in(tmp_path, policy=Policy(origins=frozenset({"https://friend.example"})))
    (context.page / "index.html").write_text("<!doctype html><title>Agora</title>" + " " * 2000)
    (context.page / "assets").mkdir()
    (context.page / "assets" / "app-1a2b.js").write_text("console.log(1)//" + "x" * 2000)
    (context.page.parent / "secret.txt").write_text("the seed")
    return context


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/tasks/5", 200),
        ("GET", "/assets/app-1a2b.js", 200),
        ("GET", "/assets/none.js", 404),
        ("GET", "/api/none", 404),
        ("GET", "/healthz", 200),
        ("GET", "/metrics", 200),
        ("DELETE", "/healthz", 405),
    ],
)
async def test_every_answer_tells_the_browser_to_be_careful(context, method, path, status):
    async with inside(context) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["agora-block"] == "7"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::1"])
async def test_name_that_was_bent_to_this_machine_is_refused(context, host):
    async with inside(context) as client:
        answer = await client.get("/api/none", headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8700", "localhost", "[::1]:8700", "192.168.7.4:80", "LOCALHOST:1"]
)
async def test_numbers_and_localhost_cannot_be_bent(context, host):
    async with inside(context) as client:
        assert (await client.get("/healthz", headers={"host": host})).status_code == 200


async def test_own_name_is_known(tmp_path):
    async with inside(context_in(tmp_path, policy=Policy(names=frozenset({"agora.example"})))) as client:
        assert (await client.get("/healthz", headers={"host": "agora.example"})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
async def test_other_pages_may_not_even_ask(context, method, origin):
    async with inside(context) as client:
        answer = await client.request(method, "/healthz", headers={"origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
    assert "access-control-allow-origin" not in answer.headers


async def test_own_page_may_ask(context):
    async with inside(context) as client:
        answer = await client.get("/healthz", headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_page_that_was_named_may_read_and_no_more(context):
    friend = {"origin": "https://friend.example"}
    async with inside(context) as client:
        read = await client.get("/healthz", headers=friend)
        asked = await client.options("/healthz", headers=friend)
        written = await client.put("/healthz", headers=friend)
    assert (read.status_code, asked.status_code, written.status_code) == (200, 204, 403)
    assert read.headers["access-control-allow-origin"] == "https://friend.example"
    assert "access-control-allow-credentials" not in read.headers
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "access-control-allow-origin" not in written.headers


async def test_form_of_another_page_without_an_origin_is_refused(context):
    async with inside(context) as client:
        answer = await client.post("/healthz", headers={"sec-fetch-site": "cross-site"})
        read = await client.get("/", headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, read.status_code) == (403, 200), "links may lead here"


async def test_fault_of_ours_has_the_same_headers_and_says_nothing(context):
    def broken() -> Standing:
        raise RuntimeError("postgresql://agora:hunter2@db")

    standing, calls = context.standing, []

    def once() -> Standing:
        calls.append(1)
        return broken() if len(calls) == 1 else standing()

    context.standing = once
    async with inside(context) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "hunter2" not in answer.text


async def test_who_asks_too_often_waits(tmp_path):
    clock = Clock()
    context = context_in(tmp_path, policy=Policy(rate=2, burst=3), clock=clock)
    async with inside(context) as client:
        statuses = [(await client.get("/api/none")).status_code for _ in range(4)]
        assert statuses == [404, 404, 404, 429]
        refused = await client.get("/api/search?q=secret")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        clock.now = 1.0
        statuses = [(await client.get("/api/none")).status_code for _ in range(3)]
    assert statuses == [404, 404, 429]
    assert b'status="429"' in context.metrics.text(None)


def test_network_of_ipv6_counts_as_one():
    assert (
        address_of("2001:db8:1:2::1") == address_of("2001:db8:1:2:ffff::9") != address_of("2001:db8:1:3::1")
    )
    assert address_of("::ffff:10.0.0.1") == "10.0.0.1" != address_of("10.0.0.2")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%00",
    ],
)
async def test_nothing_outside_the_page_is_read(context, path):
    async with serving(context) as client:
        answer = await client.request("GET", client.base_url.copy_with(raw_path=path.encode()))
    assert "the seed" not in answer.text
    assert "root:" not in answer.text
    assert answer.status_code in (200, 404)


async def test_page_leading_outside_by_a_link_is_not_followed(context):
    (context.page / "link.txt").symlink_to(context.page.parent / "secret.txt")
    async with inside(context) as client:
        assert "the seed" not in (await client.get("/link.txt")).text


async def test_page_is_zipped_kept_and_found_again(context):
    async with inside(context) as client:
        script = await client.get("/assets/app-1a2b.js")
        page = await client.get("/agents/7", headers={"accept-encoding": "identity"})
        again = await client.get("/", headers={"if-none-match": page.headers["etag"]})
        (context.page / "index.html").write_text("new")
        new = await client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert script.text.startswith("console.log")
    assert "content-encoding" not in page.headers
    assert page.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert (new.status_code, new.text) == (200, "new")


async def test_page_that_was_not_built_says_what_to_do(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text


@pytest.mark.parametrize(
    ("standing", "status", "says"),
    [
        (UP, 200, {"healthy": True, "behind": 0, "node": "up"}),
        (Standing(block=7, chain_head=500, node_up=True), 503, {"behind": 493}),
        (Standing(block=7, chain_head=7), 503, {"node": "down", "block": 7}),
        (Standing(), 503, {"behind": None, "block": None}),
    ],
)
async def test_health(tmp_path, standing, status, says):
    async with inside(context_in(tmp_path, standing=standing)) as client:
        answer = await client.get("/healthz")
    assert answer.status_code == status
    assert answer.json().items() >= says.items()
