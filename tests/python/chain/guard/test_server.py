"""A server that lives as long as a block of code, in a loop and a process that belong to others."""

import asyncio
import gc
import signal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from agents.chain.guard.server import GuardServer, settle_memory


def app(answer):
    async def serve(request):
        return PlainTextResponse(await answer())

    return Starlette(routes=[Route("/", serve)])


async def at_once():
    return "here"


async def test_it_answers_inside_and_not_after():
    async with httpx.AsyncClient() as http:
        async with GuardServer(app(at_once)) as server:
            assert (await http.get(server.url)).text == "here"
        with pytest.raises(httpx.ConnectError):
            await http.get(server.url)


async def test_a_request_under_way_is_answered_before_it_ends():
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly():
        begun.set()
        await go.wait()
        return "done"

    async with httpx.AsyncClient() as http:
        async with GuardServer(app(slowly)) as server:
            waiting = asyncio.create_task(http.get(server.url))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.2, go.set)
        assert (await waiting).text == "done"


async def test_a_port_that_is_taken_is_said_at_once():
    async with GuardServer(app(at_once)) as server:
        port = httpx.URL(server.url).port
        with pytest.raises(OSError, match="in use"):
            async with GuardServer(app(at_once), port=port):
                pytest.fail("two servers have one port")


async def test_signals_stay_with_the_program():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with GuardServer(app(at_once)):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_what_is_there_is_out_of_the_collectors_sight():
    try:
        settle_memory()
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
