"""The API answers the same from SQLite and from PostgreSQL."""

from filled import filled, life
from standing_in import inside

from agents.explorer.database import open_engine

PATHS = [
    "/api/overview",
    "/api/tasks?limit=200",
    "/api/tasks?state=Open&min_reserve=5&since=5",
    "/api/agents?sort=earned",
    "/api/agents?skill=code&active=true",
    "/api/market",
    "/api/market/prices",
    "/api/market/bids",
    "/api/market/supply",
    "/api/ledger?account=agent:1&min_amount=5",
    "/api/ledger/overview",
    "/api/ledger/accounts/agent:1",
    "/api/messages?account=agent:1",
    "/api/messages/threads",
    "/api/usage",
    "/api/usage/channels?open=true",
    "/api/usage/redemptions",
    "/api/governance",
    "/api/blocks?with_events=true",
    "/api/transactions?failed=true",
    "/api/events?agent=1&limit=30",
    "/api/events?contract=Ledger&limit=30",
    "/api/agents/1",
    "/api/agents/1/history",
    "/api/agents/1/bids",
    "/api/search?q=task 3",
    "/api/search?q=0x0a",
    "/api/search?q=an",
    *(f"/api/tasks/{task}" for task in range(1, 20)),
]


async def test_both_kinds_of_database_answer_the_same(tmp_path, postgres):
    chain, answers = life(90), []
    for name, url in (("sqlite", None), ("postgres", postgres.database())):
        folder = tmp_path / name
        folder.mkdir()
        other = {} if url is None else {"engine": open_engine(url)}
        context = filled(folder, chain, **other)
        context.is_writer = lambda: True
        while await context.library.step():
            pass
        async with inside(context) as client:
            found = {}
            for path in PATHS:
                answer = await client.get(path)
                found[path] = (answer.status_code, answer.json())
                cursor = answer.json().get("next")
                if cursor:
                    joint = "&" if "?" in path else "?"
                    following = await client.get(f"{path}{joint}cursor={cursor}")
                    found[f"{path} next"] = (following.status_code, following.json())
        answers.append(found)
        context.engine.dispose()
    sqlite, postgresql = answers
    assert {status for status, _ in sqlite.values()} == {200}
    for path, answer in sqlite.items():
        assert postgresql[path] == answer, path
