"""Where the index does not have the figures that raw logs add up to."""

from agreement import Index, only
from sqlalchemy import func, select

from agents.explorer import schema


def strays(connection, truth):
    """Each difference, named by what it is about."""
    index = Figures(connection)
    found = []
    for name, ours, theirs in [
        ("overview", index.overview(), truth.overview()),
        *((f"task {task}", index.task(task), truth.task(task)) for task in truth.tasks()),
        *((f"agent {agent}", index.agent(agent), truth.agent(agent)) for agent in truth.names),
    ]:
        if ours != theirs:
            found.append(f"{name}: {only(ours, theirs)}")
    return found


class Figures(Index):
    """The tables in the words of the truth."""

    def one(self, table, key):
        [column] = table.primary_key.columns
        return self.connection.execute(select(table).where(column == key)).mappings().one()

    def overview(self):
        found = {row["key"]: row["value"] for row in self.rows(schema.totals)}

        def total(key):
            return found.get(key, 0)

        states = {key.partition(":")[2]: value for key, value in found.items() if key.startswith("tasks:")}
        checked = self.connection.scalar(select(func.count()).select_from(schema.conservation))
        return {
            "tasks": {"total": total("tasks"), "by_state": {key: one for key, one in states.items() if one}},
            "agents": {
                "total": total("agents"),
                "active": total("agents:active"),
                "indebted": total("agents:indebted"),
            },
            "credits": {
                "minted": total("minted"),
                "destroyed": total("destroyed"),
                "pending_burn": total("pending_burn"),
                "outside": total("minted") - total("destroyed") - total("held"),
                "free": total("free"),
                "locked": total("locked"),
            },
            "flows": {
                "escrow": total("flow:Locked:escrow"),
                "rewards": total("flow:Paid:reward"),
                "refunds": total("flow:Unlocked:refund"),
                "fees": total("flow:Paid:fee"),
                "bonds": total("flow:Locked:bond"),
                "burned": sum(value for key, value in found.items() if key.startswith("flow:Burned:")),
                "thinking": total("thinking"),
                "compensation": total("flow:Paid:compensation"),
                "stakes": total("flow:Locked:stake"),
                "postage": total("flow:Paid:postage"),
            },
            "throughput": {
                row["start"]: (row["transactions"], row["events"], row["settled"], row["value"])
                for row in self.rows(schema.buckets)
                if row["kind"] == "minute"
            },
            "transactions": total("transactions"),
            "events": total("events"),
            "checked": checked if checked == total("checks") else (checked, total("checks")),
        }

    def task(self, task):
        row = self.one(schema.tasks, task)
        names = (
            *("state", "requester", "skill", "mode", "reserve", "bidding_end", "reveal_end", "created_time"),
            *("agent", "score", "fee", "silent", "refunded", "taken_over"),
        )
        return {name: row[name] for name in names} | {
            "price": None if row["agent"] is None else row["price"],
            "bids": self.bids_on(task),
            "timeline": self.timeline(task),
        }

    def bids_on(self, task):
        found = [row for row in self.rows(schema.bids) if row["task"] == task]
        shown = [row for row in found if row["price"] is not None]
        shown.sort(key=lambda row: (row["price"] / row["quality"], row["tie_break"]))
        ranks = {row["agent"]: rank for rank, row in enumerate(shown, 1)}
        return {
            row["agent"]: (
                *(row["price"], row["quality"], ranks.get(row["agent"]), row["price_paid"]),
                row["status"],
            )
            for row in found
        }

    def timeline(self, task):
        event, link, by = schema.events.c, schema.links.c, schema.transactions.c
        query = (
            select(event.name, event.block, event.log, event.tx, by.sender)
            .join(schema.links, link.seq == event.seq)
            .join(schema.transactions, by.hash == event.tx)
            .where(link.kind == "task", link.key == str(task))
            .where(event.contract.in_(("TaskManager", "BidAuction", "RaceBoard")))
            .order_by(event.seq)
        )
        return [tuple(row) for row in self.connection.execute(query)]

    def agent(self, agent):
        row = self.one(schema.agents, agent)
        names = (
            *("active", "debt", "earned", "thinking", "bids", "wins", "losses", "settled", "failed"),
            *("defaulted", "tasks_posted", "messages_sent", "messages_received"),
        )
        return {name: row[name] for name in names} | {
            "free": row["balance_free"],
            "locked": row["balance_locked"],
            "skills": self.claims().get(agent, {}),
            "reputation": [
                (row["skill"], row["experience"], row["merit"])
                for row in sorted(self.rows(schema.reputation_history), key=lambda row: row["seq"])
                if row["agent"] == agent
            ],
        }
