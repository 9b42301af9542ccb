"""What the explorer says about itself: its state, its figures, its API, and what goes to a collector."""

import pytest
import structlog
from chain_in import Chain
from prometheus_client.parser import text_string_to_metric_families
from standing_in import UP, context_in, inside, serving
from structlog.testing import capture_logs

from agents.explorer import schema
from agents.explorer.api.documentation import page_of
from agents.explorer.api.standing import Standing
from agents.explorer.api.telemetry import telemetry


def grow(context):
    chain = Chain.begin(context.engine)
    chain.grow(["A"], ["B"])
    place = {"block": 1, "time": 1, "tx": "0x", "log": 0}
    with context.engine.begin() as connection:
        connection.execute(
            schema.parameters.insert().values(
                **place,
                seq=1,
                fee_bps=200,
                bond_percent=10,
                named_weight=1,
                min_window=5,
                max_window=9,
                seat_fee=100,
                overdraft_limit=0,
            )
        )
        connection.execute(schema.totals.insert().values(**place, key="events", value=2))


def forget_tables(context):
    """The database fails at each question."""
    with context.engine.connect() as connection:
        for table in ("cursor", "blocks", "parameters", "totals"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
        connection.commit()


def remember_tables(context):
    with context.engine.connect() as connection:
        for table in ("cursor", "blocks", "parameters", "totals"):
            connection.exec_driver_sql(f"ALTER TABLE gone_{table} RENAME TO {table}")
        connection.commit()


async def test_status_says_what_the_page_needs(tmp_path):
    context = context_in(tmp_path)
    grow(context)
    async with inside(context) as client:
        status = (await client.get("/api/status")).json()
    assert status["head"] == {"number": 2, "hash": f"0x{2:064x}", "time": 1_700_000_002}
    assert (status["chain_id"], status["dev"], status["behind"]) == (31337, True, 0)
    assert (status["node"], status["node_since"], status["epoch"]) == ("up", 1, 0)
    assert status["contracts"]["TaskManager"] == context.deployment.tasks.address
    assert (status["terms"]["fee_bps"], status["terms"]["seat_fee"]) == (200, 100)
    assert (status["rpc"], status["dev_key"]) == (False, False)


async def test_empty_index_has_a_status_too(tmp_path):
    async with inside(context_in(tmp_path, standing=Standing())) as client:
        answer = await client.get("/api/status")
    assert (answer.status_code, answer.json()["head"], answer.json()["terms"]) == (200, None, None)
    assert "agora-block" not in answer.headers


async def test_stale_index_says_how_far_behind_it_is(tmp_path):
    standing = Standing(block=2, chain_head=40, node_up=True, node_since=5)
    context = context_in(tmp_path, standing=standing)
    grow(context)
    async with inside(context) as client:
        status = (await client.get("/api/status")).json()
    assert (status["behind"], status["chain_head"], status["head"]["number"]) == (38, 40, 2)


async def test_without_its_database_it_tells_what_it_knew_and_recovers(tmp_path):
    context = context_in(tmp_path)
    grow(context)
    async with inside(context) as client:
        before = (await client.get("/api/status")).json()
        forget_tables(context)
        with capture_logs() as logs:
            assert (await client.get("/api/status")).json() == before | {"database": "down"}
            asked = await client.get("/api/overview")
            health = await client.get("/healthz")
            metrics = await client.get("/metrics")
        remember_tables(context)
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/api/overview")).status_code == 200
    assert asked.status_code == 503
    assert asked.headers["retry-after"] == "2"
    assert asked.json()["code"] == "database_down"
    assert asked.json()["block"] == 7, "the last block that is known"
    assert "SELECT" not in asked.text
    assert (health.status_code, health.json()["database"]) == (503, "down")
    assert metrics.status_code == 200
    assert "explorer.database_failed" in {one["event"] for one in logs}


async def test_metrics_are_such_that_prometheus_reads_them(tmp_path):
    context = context_in(tmp_path, standing=Standing(block=2, chain_head=5, epoch=1, node_up=True))
    grow(context)
    async with context.broadcast, serving(context) as client, client.stream("GET", "/events"):
        await client.get("/healthz")
        await client.get("/api/tasks/999")
        text = (await client.get("/metrics")).text
    samples = {
        (one.name, *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
    assert samples["agora_explorer_requests_total", "/healthz", "200", "GET"] == 1
    assert samples["agora_explorer_requests_total", "/api/tasks/{task}", "404", "GET"] == 1
    assert samples["agora_explorer_request_seconds_count", "/healthz"] == 1
    for name, value in {"head": 2, "behind": 3, "reorgs": 1, "node_up": 1, "streams": 1}.items():
        assert samples[f"agora_explorer_{name}",] == value
    assert samples["agora_explorer_events_indexed",] == 2
    assert samples["agora_explorer_database_errors_total",] == 0


async def test_paths_that_clients_make_up_make_no_figures(tmp_path):
    context = context_in(tmp_path)
    async with inside(context) as client:
        for number in range(50):
            await client.get(f"/made-up/{number}")
            await client.request(f"METHOD{number}", "/")
        text = (await client.get("/metrics")).text
    assert len([line for line in text.splitlines() if line.startswith("agora_explorer_requests_total")]) < 5


async def test_logs_hold_neither_queries_nor_paths(tmp_path):
    structlog.reset_defaults()  # A test before this one may have left out what is least serious.
    async with inside(context_in(tmp_path)) as client:
        with capture_logs() as logs:
            await client.get("/api/search?q=hunter2")
            await client.get("/hunter2?token=hunter2")
    assert len(logs) == 2
    assert "hunter2" not in str(logs)


async def test_documentation_needs_nothing_from_elsewhere(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        page = await client.get("/docs")
        document = (await client.get("/openapi.json")).json()
        style = await client.get("/docs.css")
    assert (page.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "//" not in page.text.replace("</", "")
    for path in document["paths"]:
        assert path in page.text
    assert {"/api/status", "/events", "/content/{digest}", "/rpc", "/metrics"} <= document["paths"].keys()


def test_documentation_is_text_whatever_is_in_it():
    evil = "<img src=x onerror=alert(1)>"
    operation = {"tags": [evil], "description": evil, "parameters": [{"name": evil, "description": evil}]}
    page = page_of({"info": {"title": evil}, "paths": {f"/{evil}": {"get": operation}}})
    assert "<img" not in page


def test_nothing_goes_to_a_collector_that_was_not_named(monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert telemetry()["auto_configure"] is False
    assert telemetry()["tracing"] is False


def test_collector_that_was_named_is_told(monkeypatch):
    pytest.importorskip("opentelemetry.exporter.otlp")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "")
    said = telemetry()
    assert said["auto_configure"] is True
    assert said["exclude"]({"path": "/events"})
    assert not said["exclude"]({"path": "/api/tasks"})


def test_standing_counts_the_blocks_it_lacks():
    assert UP.behind == 0
    assert Standing(block=None, chain_head=4).behind == 5
    assert Standing(block=9, chain_head=4).behind == 0
