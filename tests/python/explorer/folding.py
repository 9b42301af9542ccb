"""Events told by hand to the handlers, each transaction in a block of its own."""

from sqlalchemy import select

from agents.chain.deployment import BINDINGS
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.handlers import Deed, Logged, Place, end_block, take_in
from agents.explorer.rows import Rows


def contract_in(module):
    """The name of the contract that a module of bindings is of."""
    name = module.__name__.rpartition(".")[2].replace("_", "")
    return next(one for one in vars(module) if one.lower() == name)


NAMES = {module.__name__: contract_in(module) for module in BINDINGS}
"""The contract of each module of bindings."""
CONTRACTS = {name: f"0x{place:040X}" for place, name in enumerate(NAMES.values(), 1)}


class Told:
    """An index that knows what it was told."""

    def __init__(self, folder):
        self.engine = open_engine(f"sqlite:///{folder}/told.db")
        schema.metadata.create_all(self.engine)
        self.connection = self.engine.connect()
        self.rows, self.block, self.time = Rows(self.connection), 0, 1_000_000

    def close(self):
        self.connection.close()
        self.engine.dispose()

    def tell(self, *events):
        """One transaction."""
        self.block, self.time = self.block + 1, self.time + 10
        self.rows.open_block(self.block, undoable=False)
        logged = []
        for event in events:
            name = NAMES[type(event).__module__]
            logged.append(Logged(len(logged), name, CONTRACTS[name], event))
        deed = Deed(f"0x{self.block:064x}", logged, CONTRACTS)
        for index in range(len(logged)):
            take_in(Place(self.block, self.time, deed, index), self.rows)
        end_block(self.rows, block=self.block, timestamp=self.time, transactions=1, events=len(logged))
        self.rows.close_block()
        with self.connection.begin():
            self.rows.flush()

    def row(self, table, **where):
        """The only row of the table that is like this; its place left out."""
        [found] = self.all(table, **where)
        return found

    def all(self, table, **where):
        query = select(table).filter_by(**where)
        with self.connection.begin():
            return [dict(row) for row in self.connection.execute(query).mappings()]

    def links(self, kind, key):
        """The blocks of the events that touch it."""
        rows = self.all(schema.links, kind=kind, key=str(key))
        return sorted(schema.place_of(row["seq"])[0] for row in rows)
