"""Where the tables, or the API's answers, do not say what the contracts answer to their own view functions."""

from agreement import Index, number_of

from agents.explorer import schema

CASES = ("none", "sealed", "drawing", "scoring", "decided", "undecided")
ENTRIES = {"sealed": 1, "shown": 2}
"""What stage of an entry each status is; a case makes it 3, and all others are closed."""
PROPOSALS = ("Pending", "Active", "Canceled", "Defeated", "Succeeded", "Queued", "Expired", "Executed")
SUPPORT = ("against", "for", "abstain")
CLOSED = 4


def strays(connection, views):
    """Each difference of a table."""
    tables = Tables(connection)
    return compared(views, [one for part in tables.parts for one in part()])


async def api_strays(client, views, truth):
    """Each difference of an answer."""
    parts = governance, proposals, panels, works, lives
    found = [one for part in parts for one in await part(client, truth)]
    return compared(views, found)


def compared(views, asked):
    """``asked``: a question, what of its answer is meant, and ours."""
    answers = views.ask(*(question for question, _, _ in asked))
    return [
        f"{question}: {ours} for {meant(answer)}"
        for (question, meant, ours), answer in zip(asked, answers, strict=True)
        if ours != meant(answer)
    ]


def same(answer):
    return answer


def only(*names):
    """These fields of a struct."""
    return lambda answer: {name: answer[name] for name in names}


def raw(text):
    return bytes.fromhex(text[2:])


class Tables(Index):
    """What the tables have, with who else knows it."""

    @property
    def parts(self):
        return (
            *(self.operations, self.locks, self.powers, self.roles, self.seats_taken, self.members),
            *(self.entries, self.letters, self.logged, self.said, self.credit_lines),
        )

    def operations(self):
        for row in self.rows(schema.operations):
            time = {"scheduled": row["ready_at"], "executed": 1, "canceled": 0}[row["status"]]
            yield ("TimelockController", "getTimestamp", raw(row["id"])), same, time

    def locks(self):
        counted = {}
        for row in self.rows(schema.voting_locks):
            counted[row["owner"]] = counted.get(row["owner"], 0) + row["votes"]
            lock = {name: row[name] for name in ("amount", "period")} | {"releaseAt": row["release_at"] or 0}
            yield ("VotingCredits", "getLock", row["id"]), only(*lock), lock
        for owner, votes in counted.items():
            yield ("VotingCredits", "votesOf", owner), same, votes

    def powers(self):
        for row in self.rows(schema.voting_power):
            yield ("VotingCredits", "getVotes", row["delegate"]), same, row["votes"]
        for row in self.rows(schema.delegations):
            yield ("VotingCredits", "delegates", row["delegator"]), lower, row["delegate"].lower()

    def roles(self):
        for row in self.rows(schema.roles):
            question = row["contract"], "hasRole", raw(row["role"]), row["account"]
            yield question, same, row["held"]

    def seats_taken(self):
        rows = self.rows(schema.seats)
        yield ("EvaluatorPool", "seatCount"), same, sum(row["leaving_end"] is None for row in rows)
        for row in rows:
            yield ("EvaluatorPool", "seatOf", row["id"]), holder, row["holder"].lower()
            yield ("EvaluatorPool", "stakeOf", row["id"]), same, row["stake"]

    def members(self):
        for row in self.rows(schema.cases):
            case = row["client"], int(row["case"])
            panel = row["status"], row["round"], row["size"], row["fee"], row["window"]
            yield ("EvaluatorPool", "panelOf", *case), panel_of, panel
            seats = [
                (vote["seat"], vote["score"], int(vote["digest"] or "0", 16))
                for vote in self.rows(schema.panel_votes)
                if (vote["client"], vote["case"], vote["round"]) == (row["client"], row["case"], row["round"])
            ]
            yield ("EvaluatorPool", "membersOf", *case), votes_of, sorted(seats)

    def entries(self):
        for row in self.rows(schema.race_entries):
            stage = 3 if row["case"] and row["locked"] else ENTRIES.get(row["status"], CLOSED)
            shown = row["result"] or row["digest"]
            question = "RaceBoard", "getEntry", row["task"], row["agent"]
            yield question, only("digest", "stage"), {"digest": raw(shown), "stage": stage}

    def letters(self):
        yield ("MessageHub", "messageCount"), same, len(self.rows(schema.messages))
        for row in self.rows(schema.postages):
            yield ("MessageHub", "postageOf", number_of(row["account"])), same, row["postage"]
        for row in self.rows(schema.message_blocks):
            pair = number_of(row["account"]), number_of(row["sender"])
            yield ("MessageHub", "isBlocked", *pair), same, row["blocked"]

    def logged(self):
        for row in self.rows(schema.action_batches):
            batch = {"root": raw(row["root"]), "first": row["first"], "count": row["count"]}
            batch["committedAt"] = row["time"]
            yield ("ActionLogger", "getBatch", row["agent"], row["batch"]), same, batch
        for row in self.rows(schema.agents):
            mine = [one for one in self.rows(schema.action_batches) if one["agent"] == row["id"]]
            yield ("ActionLogger", "batchCount", row["id"]), same, len(mine)
            assert row["actions"] == sum(one["count"] for one in mine)

    def said(self):
        given = self.rows(schema.feedback)
        for row in given:
            told = {"value": int(row["value"]), "valueDecimals": row["decimals"], "isRevoked": row["revoked"]}
            told |= {"tag1": row["tag1"], "tag2": row["tag2"], "responses": row["responses"]}
            key = row["agent"], row["client"], row["index"]
            yield ("IncentiveEngine", "getFeedback", *key), only(*told), told
        for row in self.rows(schema.feedback_rights):
            pair = row["agent"], row["client"]
            left = row["allowed"] - sum((one["agent"], one["client"]) == pair for one in given)
            yield ("IncentiveEngine", "feedbackRightsOf", *pair), same, left

    def credit_lines(self):
        for row in self.rows(schema.credit_lines):
            line = row["provider"], row["agent"]
            yield ("UsageMeter", "creditLineOf", *line), same, int(row["amount"])


def lower(answer):
    return answer.lower()


def holder(seat):
    return seat["holder"].lower()


def panel_of(panel):
    fee = panel["seatFee"] * panel["size"]
    return CASES[panel["stage"]], panel["round"], panel["size"], fee, panel["window"]


def votes_of(votes):
    return sorted((one["seat"], one["score"] if one["revealed"] else None, one["digest"]) for one in votes)


# The API


async def got(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


async def governance(client, truth):
    whole = await got(client, "/api/governance")
    return [
        (("MarketParameters", "current"), lambda answer: [*answer.values()], [*whole["parameters"].values()]),
        (("TimelockController", "getMinDelay"), same, whole["timelock_delay"]),
        *(
            (("VotingCredits", "getLock", one["id"]), only("amount"), {"amount": one["amount"]})
            for one in whole["locks"]
        ),
    ]


async def proposals(client, truth):
    known = {one.args["proposalId"] for one in truth.all("MarketGovernor", "ProposalCreated")}
    listed = (await got(client, "/api/governance"))["proposals"]
    assert {int(one["id"]) for one in listed} == known
    found = []
    for number in known:
        one = await got(client, f"/api/governance/proposals/{number}")
        sums = {f"{choice}Votes": one[f"votes_{choice}"] for choice in SUPPORT}
        found += [
            (("MarketGovernor", "state", number), state_of(one), one["state"]),
            (("MarketGovernor", "proposalVotes", number), same, sums),
            (("MarketGovernor", "proposalSnapshot", number), same, one["vote_start"]),
            (("MarketGovernor", "proposalDeadline", number), same, one["vote_end"]),
            (("MarketGovernor", "proposalEta", number), same, one["eta"] or 0),
            (("MarketGovernor", "proposalProposer", number), lower, one["proposer"].lower()),
        ]
        for vote in one["votes"]:
            question = "VotingCredits", "getPastVotes", vote["voter"], one["vote_start"]
            found.append((question, same, vote["weight"]))
            found.append((("MarketGovernor", "hasVoted", number, vote["voter"]), same, True))
    return found


def state_of(proposal):
    """What state there is to tell: without the quorum, not whether a majority was enough."""

    def told(state):
        ended = PROPOSALS[state] in ("Succeeded", "Defeated")
        return "Ended" if ended and proposal["votes_for"] > proposal["votes_against"] else PROPOSALS[state]

    return told


async def panels(client, truth):
    """The newest panel of each case is the pool's; logs tell of those before it, and of all verdicts."""
    found = []
    for task in truth.tasks():
        shown = (await got(client, f"/api/tasks/{task}"))["evaluation"]["panels"]
        for case in {(panel["client"], int(panel["case"])): None for panel in shown}:
            mine = [one for one in shown if (one["client"], int(one["case"])) == case]
            where = {"client": case[0].lower(), "caseId": case[1]}
            # A race's case is its task and, in the lower 64 bits, the agent.
            assert {one["entrant"] for one in mine} == {case[1] & (1 << 64) - 1 if case[1] >> 64 else None}
            drawn = [one.args["seats"] for one in truth.all("EvaluatorPool", "PanelDrawn", **where)]
            assert [tuple(seat["seat"] for seat in one["seats"]) for one in mine if one["drawn"]] == [
                tuple(sorted(seats)) for seats in drawn
            ]
            closed = truth.all("EvaluatorPool", "CaseClosed", **where)
            assert [one["score"] for one in mine if one["decided"]] == [
                one.args["score"] for one in closed if one.args["decided"]
            ]
            scores = [(one["seat"], one["score"]) for one in mine[-1]["seats"]]
            found.append((("EvaluatorPool", "membersOf", *case), scores_of, sorted(scores)))
    return found


def scores_of(votes):
    return sorted((one["seat"], one["score"] if one["revealed"] else None) for one in votes)


async def works(client, truth):
    """What is found of works, and of the entries of races."""
    found = []
    for task in truth.tasks():
        page = await got(client, f"/api/tasks/{task}")
        found.append((("TaskManager", "getTask", task), only("score"), {"score": page["score"] or 0}))
        for entry in page["entries"]:
            shown = {"digest": raw(entry["result"] or entry["digest"])}
            found.append((("RaceBoard", "getEntry", task, entry["agent"]), only("digest"), shown))
    return found


async def lives(client, truth):
    """What agents logged, what is said of them, and what they think by."""
    found = []
    for agent in truth.names:
        logged = (await got(client, f"/api/agents/{agent}/actions"))["items"]
        found.append((("ActionLogger", "batchCount", agent), same, len(logged)))
        card = await got(client, f"/api/agents/{agent}")
        for one in card["feedback"]:
            question = "IncentiveEngine", "getFeedback", agent, one["client"], one["index"]
            found.append((question, told, (one["value"], one["tag1"], one["revoked"], one["responses"])))
        for one in card["channels"]:
            if one["open"]:
                way = agent, one["signer"], one["provider"]
                kept = {name: one[name] for name in ("deposit", "redeemed", "epoch")}
                found.append((("UsageMeter", "channelOf", *way), only(*kept), kept))
    return found


def told(feedback):
    value = feedback["value"] / 10 ** feedback["valueDecimals"]
    return value, feedback["tag1"], feedback["isRevoked"], feedback["responses"]
