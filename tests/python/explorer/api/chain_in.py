"""Blocks and events written straight into an index, as the indexer leaves them."""

from agents.explorer import schema
from agents.explorer.schema import seq_of


class Chain:
    """An index that grows and is taken back by hand."""

    def __init__(self, engine):
        self.engine, self.head, self.epoch, self.fork = engine, 0, 0, 0

    @classmethod
    def begin(cls, engine):
        """An index without blocks."""
        with engine.begin() as connection:
            connection.execute(schema.cursor.insert().values(id=1, block=0, hash="", epoch=0, undo_from=1))
        return cls(engine)

    def grow(self, *blocks):
        """Each block is a list of events, each a name or (name, tasks, agents)."""
        with self.engine.begin() as connection:
            for events in blocks:
                self.head += 1
                self._block(connection, self.head, events)
            self._move(connection)

    def reorg(self, ancestor, *blocks):
        """Blocks above ``ancestor`` have left the chain, and these are in their place."""
        first = seq_of(ancestor + 1, 0)
        with self.engine.begin() as connection:
            connection.execute(schema.events.delete().where(schema.events.c.seq >= first))
            connection.execute(schema.links.delete().where(schema.links.c.seq >= first))
            connection.execute(schema.blocks.delete().where(schema.blocks.c.number > ancestor))
            self.epoch += 1
            old, self.head, self.fork = self.head, ancestor, self.epoch
            connection.execute(
                schema.reorgs.insert().values(
                    epoch=self.epoch, ancestor=ancestor, old_head=old, time=1, deep=False
                )
            )
            for events in blocks:
                self.head += 1
                self._block(connection, self.head, events)
            self._move(connection)

    def told(self, after=0):
        """What a stream should have told of the events after this number: (seq, name)."""
        with self.engine.connect() as connection:
            columns = schema.events.c
            query = schema.events.select().where(columns.seq > after).order_by(columns.seq)
            return [(row.seq, row.name) for row in connection.execute(query)]

    def _move(self, connection):
        connection.execute(schema.cursor.update().values(block=self.head, epoch=self.epoch))

    def _block(self, connection, number, events):
        connection.execute(
            schema.blocks.insert().values(
                number=number,
                hash=f"0x{self.fork:032x}{number:032x}",
                parent="0x",
                timestamp=1_700_000_000 + number,
                transactions_total=1,
                transactions=1,
                events=len(events),
                base_fee=7,
            )
        )
        for log, one in enumerate(events):
            name, tasks, agents = (one, (), ()) if isinstance(one, str) else one
            seq = seq_of(number, log)
            connection.execute(
                schema.events.insert().values(
                    seq=seq,
                    block=number,
                    log=log,
                    tx="0x" + "11" * 32,
                    timestamp=1_700_000_000 + number,
                    address="0x",
                    contract="TaskManager",
                    name=name,
                    arguments={"text": "a\nb\r\n\nid: 9-9\n\u2028"},
                    topics=[],
                    data="0x",
                )
            )
            for kind, keys in (("task", tasks), ("agent", agents)):
                for key in keys:
                    connection.execute(schema.links.insert().values(kind=kind, key=str(key), seq=seq))
