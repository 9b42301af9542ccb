"""The whole market: what owners do with credits and agents, and all that the other parts know."""

from .base import operation
from .channels import Channels
from .law import Refused, account_of, account_of_agent, need
from .people import NOBODY, Agent


class Market(Channels):
    """A market without a chain."""

    # Credits

    @operation
    def deposit(self, caller: str, account: int, amount: int) -> None:
        """Bring credits in."""
        self.book.put(account, caller, amount)

    @operation
    def withdraw(self, caller: str, account: int, to: str, amount: int) -> None:
        """Take credits out."""
        need(to != NOBODY, "ZeroAddress")
        self._as_owner(caller, account)
        self.book.take_out(account, to, amount)

    @operation
    def transfer(self, caller: str, source: int, target: int, amount: int) -> None:
        """Give credits to another."""
        self._as_owner(caller, source)
        self.book.send(source, target, amount)

    @operation
    def repay(self, caller: str, payer: int, debtor: int, amount: int) -> None:
        """Pay one's own debt, or another's."""
        if payer != debtor:
            self._as_owner(caller, payer)
            self.book.solvent(payer)
        elif not any(payer == account_of_agent(one.id) and one.obeys(caller) for one in self.agents.values()):
            self._as_owner(caller, payer)
        self.book.settle_debt(payer, debtor, amount)

    @operation
    def forgive(self, caller: str, debtor: int) -> None:
        """Give up what one is owed."""
        need(self.book.debt[debtor], "NoDebt", debtor)
        self._as_owner(caller, self.book.creditor[debtor])
        self.book.forgive(debtor)

    @operation
    def flush_burn(self, caller: str) -> None:
        """Destroy what was burned."""
        self.book.flush()

    # Agents

    @operation
    def register(self, caller: str) -> None:
        """A new agent; its id is the next number."""
        agent = Agent(len(self.agents) + 1, caller, caller)
        self.agents[agent.id] = agent
        self.tell("Registered", agent.id, "", caller)
        self.tell("MetadataSet", agent.id, "agentWallet", bytes.fromhex(caller[2:]))
        self.tell("Transfer", NOBODY, caller, agent.id)

    @operation
    def set_active(self, caller: str, agent: int, active: bool) -> None:
        """Take part, or do not."""
        known = self._agent(agent)
        need(caller == known.owner, "NotAuthorized", agent, caller)
        known.active = active
        self.tell("ActiveSet", agent, active)

    @operation
    def sell(self, caller: str, agent: int, buyer: str) -> None:
        """Give an agent to another owner, with its credits; not while any are locked."""
        known = self._agent(agent)
        need(caller == known.owner, "ERC721InsufficientApproval", caller, agent)
        locked = self.book.locked[account_of_agent(agent)]
        need(not locked, "AgentHasLockedCredits", agent, locked)
        debt = self.book.debt[account_of_agent(agent)]
        need(not debt, "AgentInDebt", agent, debt)
        known.sell(buyer)
        self.tell("Transfer", caller, buyer, agent)
        self.tell("MetadataSet", agent, "agentWallet", b"")

    def _agent(self, agent: int) -> Agent:
        if agent not in self.agents:
            raise Refused("ERC721NonexistentToken", agent)
        return self.agents[agent]

    def _as_owner(self, caller: str, account: int) -> None:
        owners = {account_of_agent(one.id): one.owner for one in self.agents.values()}
        owned = owners.get(account) == caller or account == account_of(caller)
        need(owned, "NotAccountOwner", account, caller)
