"""``agora task``: what a buyer types, from the first task to its score."""

import json

from newcomer import SUM
from world import CAPITAL, Asked, saying

from agents.chain.deployment import Deployment
from agents.chain.store import Store
from agents.market.domain import TaskState, account_of
from agents.mind.postings import Postings
from agents.money import CREDIT

WINDOWS = ("--bidding", "60", "--reveal", "60", "--delivery", "600", "--review", "600")


async def test_a_task_is_posted_listed_and_shown(newcomer, world):
    code, said, beside = await newcomer.run("task", "create", *SUM, "--answer", "4")
    assert code == 0
    assert "Sum" in said
    assert "test credits were minted: this is a dev chain" in beside
    (listed,) = (await newcomer.tells("task", "list"))["items"]
    wallet = newcomer.wallet.address
    assert (listed["id"], listed["title"], listed["state"]) == (1, "Sum", "Open")
    assert (listed["requester"], listed["evaluator"]) == (wallet, wallet)
    assert listed["reserve"] == 20 * CREDIT
    shown = await newcomer.tells("task", "show", 1)
    assert shown["description"] == "What is 2 + 2?"
    assert shown["checker"]["kind"] == "number"
    assert "4" not in shown["specification_document"]["text"].replace(shown["checker"]["commitment"], "")
    assert [one["event"] for one in shown["timeline"]] == ["TaskCreated"]
    balance = await world.market.balance(account_of(wallet))
    assert (balance.free, balance.locked) == (
        0,
        shown["reserve"] + (await world.market.terms()).deposit(20 * CREDIT),
    )
    for words in ("Sum", "What is 2 + 2?", "2nd price", wallet):
        assert words in await newcomer.does("task", "show", 1)


async def test_tasks_of_a_file_are_posted_together(newcomer, tmp_path):
    judged = {
        "title": "Poem",
        "description": "Write.",
        "skill": "writing",
        "reward": "2.5",
        "rubric": ["It rhymes."],
    }
    exact = {
        "title": "City",
        "description": "Which?",
        "skill": "research",
        "reward": "3",
        "checker": "exact",
        "answer": "Rome",
    }
    path = tmp_path / "tasks.jsonl"
    path.write_text(f"{json.dumps(judged)}\n{json.dumps(exact)}\n")
    told = await newcomer.tells("task", "create", "--file", path, "--evaluator", "pool")
    assert [(one["title"], one["reward"]) for one in told["tasks"]] == [
        ("Poem", 2_500_000),
        ("City", 3_000_000),
    ]
    assert sorted(one["id"] for one in told["tasks"]) == [1, 2]
    assert {one["evaluated_by"] for one in (await newcomer.tells("task", "list"))["items"]} == {"pool"}
    assert [
        one["title"] for one in (await newcomer.tells("task", "list", "--skill", "writing"))["items"]
    ] == ["Poem"]
    page = await newcomer.tells("task", "list", "--limit", 1)
    rest = await newcomer.tells("task", "list", "--cursor", page["next"])
    assert {one["id"] for one in page["items"] + rest["items"]} == {1, 2}
    assert rest["next"] is None


async def test_a_command_that_was_cut_off_is_finished_by_the_same_command(newcomer, world, node):
    posted = await newcomer.tells("task", "create", *SUM, "--answer", "4")
    deployment = await Deployment.load(node.addresses, world.rpc)
    store = Store.open(newcomer.home / deployment.key / "wallets" / f"{newcomer.wallet.address}.db")
    with store.transaction() as db:  # As if it had been killed before the answer came.
        db.execute("UPDATE postings SET task = NULL")
    store.close()
    assert (await newcomer.tells("task", "create", *SUM, "--answer", "4"))["tasks"] == posted["tasks"]
    again = await newcomer.tells("task", "create", *SUM, "--answer", "4")
    assert [one["id"] for one in again["tasks"]] == [2], "who asks anew gets a new one"
    assert len((await newcomer.tells("task", "list"))["items"]) == 2


async def worked(newcomer, world, wallets, answer, *options):
    """A task of the newcomer's that an agent has delivered."""
    agent = await world.new_agent("Ada", wallets[1], answer, capital=CAPITAL)
    description = (
        "--title",
        "Colour",
        "--description",
        "Which colour?",
        "--skill",
        "extraction",
        "--reward",
        "20",
    )
    posted = await newcomer.tells("task", "create", *description, *WINDOWS, *options)
    await world.catch_up()
    number = posted["tasks"][0]["id"]
    await world.award(number, agent)
    await world.turn(agent)
    assert world.view.tasks[number].state is TaskState.SUBMITTED
    return number


async def test_a_result_is_scored_by_the_answer_that_was_given(newcomer, world, wallets):
    number = await worked(newcomer, world, wallets, saying("Blue."), "--answer", "blue")
    watched = await newcomer.does("task", "watch", number, "--until", "Submitted")
    assert watched.splitlines()[-1] == f"task {number} is Submitted"
    assert "seals a bid" in watched
    told = await newcomer.tells("task", "evaluate", number)
    assert told == {"id": number, "score": 100, "state": "Settled", "answer": "Blue."}
    assert (await newcomer.refused("task", "evaluate", number)).endswith(
        f"task {number} is Settled, and only a Submitted one waits for a score"
    )
    shown = await newcomer.does("task", "show", number)
    for words in ("Blue.", "100 by", "Settled"):
        assert words in shown
    store = Store.open(newcomer.home / world.deployment.key / "wallets" / f"{newcomer.wallet.address}.db")
    assert Postings(store).unpublished() == [], "anyone can check the score now"
    store.close()
    assert (await newcomer.run("task", "watch", number, "--until", "Rejected"))[0] == 1
    (ended,) = (await newcomer.tells("task", "watch", number))["items"]
    assert (ended["state"], ended["score"]) == ("Settled", 100)


async def test_a_judged_result_needs_a_score_from_somebody(newcomer, world, wallets, tmp_path):
    number = await worked(newcomer, world, wallets, Asked(work='{"text": "Red."}'), "--rubric", "It is kind.")
    assert "nobody is at a terminal to score the result: say --score" in await newcomer.refused(
        "task", "evaluate", number
    )
    key = tmp_path / "other.key"
    key.write_text("11" * 32)
    assert "is for " + newcomer.wallet.address in await newcomer.refused(
        "task", "evaluate", number, "--score", 10, "--key-file", key
    )
    told = await newcomer.does("task", "evaluate", number, "--score", 20)
    assert told == f"task {number} got 20 of 100 and is Rejected\n"


async def test_what_agents_and_others_write_is_shown_as_data(newcomer):
    hostile = ("--title", "Sum\u202e[red]x", "--description", "a\u200bb [link=x]c")
    await newcomer.does("task", "create", *SUM[4:], *hostile, "--answer", "4")
    for typed in (("task", "list"), ("task", "show", 1)):
        said = await newcomer.does(*typed)
        assert "Sum\\u202e[red]x" in said
        assert not set(said) & set("\u202e\u200b\x1b")
    assert "a\\u200bb [link=x]c" in said
    exported = await newcomer.does("task", "show", 1, "--json")
    assert exported.isascii()
    assert json.loads(exported)["title"] == "Sum\u202e[red]x"


async def test_mistakes_get_one_sentence(newcomer):
    wrong = [
        (("task", "create"), "say --title, --description, --skill, --reward, or name a --file"),
        (("task", "create", *SUM), "give checker and answer, or a rubric"),
        (("task", "create", *SUM[:-1], "x", "--answer", "4"), "'x' is not an amount"),
        (("task", "create", *SUM, "--answer", "4", "--evaluator", "him"), "me, pool, or an address"),
        (("task", "create", "--file", "none.jsonl"), "none.jsonl"),
        (("task", "show", 9), "there is no task 9: `agora task list` shows what there is"),
        (("task", "watch", 9), "there is no task 9"),
        (("task", "evaluate", 9), "there is no task 9"),
        (("task", "list", "--requester", "me"), "--requester: must be an address"),
        (("task", "list", "--cursor", "x"), "cursor"),
        (("task", "create", *SUM, "--answer", "4", "--key-file", "none"), "does not hold a private key"),
    ]
    for typed, says in wrong:
        assert says in await newcomer.refused(*typed)
    assert await newcomer.does("task", "list", "--state", "open") == "no such task\n"
