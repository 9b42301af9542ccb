"""Who has what: free and locked credits, debts, and what was burned."""

from collections import Counter

from .law import Event, Refused, need


class Book:
    """The accounts of the vault; ``told`` is where moves are told."""

    def __init__(self, told: list[Event]) -> None:
        self.told = told
        self.free: Counter[int] = Counter()
        self.locked: Counter[int] = Counter()
        self.debt: Counter[int] = Counter()
        self.creditor: dict[int, int] = {}
        self.burned = 0

    def total(self) -> int:
        """All credits in the vault."""
        return self.free.total() + self.locked.total() + self.burned

    def afford(self, account: int, amount: int) -> None:
        """Refuse unless so much is free."""
        need(amount, "ZeroAmount")
        need(self.free[account] >= amount, "InsufficientFree", account, self.free[account], amount)

    def solvent(self, account: int) -> None:
        """Refuse an account in debt."""
        need(not self.debt[account], "InDebt", account, self.debt[account])

    def put(self, account: int, source: str, amount: int) -> None:
        """New credits come in."""
        need(amount, "ZeroAmount")
        self.free[account] += amount
        self.told.append(("Deposited", account, source, amount))

    def take_out(self, account: int, to: str, amount: int) -> None:
        """Free credits go out."""
        self.solvent(account)
        self.afford(account, amount)
        self.free[account] -= amount
        self.told.append(("Withdrawn", account, to, amount))

    def send(self, source: int, target: int, amount: int) -> None:
        """Free credits change hands."""
        self.solvent(source)
        self.afford(source, amount)
        self.free[source] -= amount
        self.free[target] += amount
        self.told.append(("Transferred", source, target, amount))

    def lock(self, account: int, amount: int) -> None:
        """Free credits are bound."""
        self.afford(account, amount)
        self.free[account] -= amount
        self.locked[account] += amount
        self.told.append(("Locked", account, amount))

    def unlock(self, account: int, amount: int) -> None:
        """Bound credits are free again."""
        self._unbind(account, amount)
        self.free[account] += amount
        self.told.append(("Unlocked", account, amount))

    def hold(self, source: int, target: int, amount: int) -> None:
        """Free credits are bound in another's account."""
        self.solvent(source)
        self.afford(source, amount)
        self.free[source] -= amount
        self.locked[target] += amount
        self.told.append(("Held", source, target, amount))

    def pay(self, source: int, target: int, amount: int) -> None:
        """Bound credits become another's; its creditor comes first."""
        self._unbind(source, amount)
        self.free[target] += amount
        self.told.append(("Paid", source, target, amount))
        if self.debt[target]:
            self.settle_debt(target, target, min(amount, self.debt[target]))

    def burn(self, account: int, amount: int) -> None:
        """Bound credits are no more."""
        self._unbind(account, amount)
        self.burned += amount
        self.told.append(("Burned", account, amount))

    def flush(self) -> None:
        """The tokens of burned credits are gone too."""
        need(self.burned, "ZeroAmount")
        self.told.append(("BurnFlushed", self.burned))
        self.burned = 0

    def owe(self, debtor: int, creditor: int, amount: int) -> None:
        """A debt grows; there is one creditor at a time."""
        need(amount, "ZeroAmount")
        if self.debt[debtor]:
            known = self.creditor[debtor]
            need(known == creditor, "OtherCreditor", debtor, known)
        self.debt[debtor] += amount
        self.creditor[debtor] = creditor
        self.told.append(("DebtRecorded", debtor, creditor, amount))

    def settle_debt(self, payer: int, debtor: int, amount: int) -> None:
        """Free credits of the payer go to the debtor's creditor."""
        need(amount <= self.debt[debtor], "Overpaid", debtor, self.debt[debtor], amount)
        self.afford(payer, amount)
        creditor = self.creditor[debtor]
        self.free[payer] -= amount
        self.debt[debtor] -= amount
        self.free[creditor] += amount
        self.told.append(("DebtPaid", debtor, creditor, payer, amount))

    def forgive(self, debtor: int) -> None:
        """The debt is given up."""
        self.told.append(("DebtForgiven", debtor, self.creditor[debtor], self.debt[debtor]))
        self.debt[debtor] = 0

    def _unbind(self, account: int, amount: int) -> None:
        if not 0 < amount <= self.locked[account]:
            raise Refused("InsufficientLocked", account, self.locked[account], amount)
        self.locked[account] -= amount
