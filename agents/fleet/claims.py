"""What an agent learned of its skills, offered back to the chain by its own wallet."""

from collections.abc import Callable, Mapping

import structlog

from agents.chain.wallet import Wallet
from agents.errors import ContractError, RetryableError, RpcError
from agents.fleet.definitions import AgentDefinition
from agents.learning.capabilities import Capabilities
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from agents.mind.notes import Notes, OfferNote
from agents.openai_integration import OpenAIIntegration

POINTS = 5
"""How far a learned weight must be from the claim on chain."""
SECONDS = 600
"""Chain time between two offers of an agent."""

log = structlog.get_logger(__name__)


def claims_of(definition: AgentDefinition, notes: Notes) -> dict[str, int]:
    """The weights that the agent claims: its definition's, but for those it has learned to correct since.

    A weight that was changed in the definition begins anew.
    """
    offer = notes.last_offer()
    learned = {} if offer is None else offer.claims
    return {
        skill: learned[skill][1] if skill in learned and learned[skill][0] == weight else weight
        for skill, weight in definition.capabilities.items()
    }


class Claims:
    """One agent's claims on chain, kept near to what it learned."""

    def __init__(
        self,
        definition: AgentDefinition,
        wallet: Wallet,
        agent_id: int,
        *,
        market: Marketplace,
        view: MarketView,
        notes: Notes,
        mind: OpenAIIntegration,
        capabilities: Capabilities,
        clock: Callable[[], int],
    ) -> None:
        self._definition, self._wallet, self._agent_id = definition, wallet, agent_id
        self._market, self._view, self._notes, self._mind = market, view, notes, mind
        self._capabilities, self._clock = capabilities, clock
        self._last = notes.last_offer()

    def is_due(self) -> bool:
        """Whether what was learned differs by POINTS or more, and the last offer is SECONDS old."""
        return not self._is_early() and bool(self._changed())

    async def offer(self) -> None:
        """Claim what was learned, where it differs by POINTS or more, at most once in SECONDS."""
        now, last = self._clock(), self._last
        changed = {} if self._is_early() else self._changed()
        if not changed:
            return
        defined = self._definition.capabilities
        claims = {skill: (defined[skill], weight) for skill, weight in changed.items()}
        number, before = (1, {}) if last is None else (last.number + 1, last.claims)
        self._last = OfferNote(number, now, {**before, **claims})
        self._notes.put_offer(self._last)
        self._mind.claim(changed)
        name = self._definition.name
        try:
            await self._market.set_skills(
                self._wallet, self._agent_id, changed, intent=f"{name}:offer:{number}"
            )
        except (ContractError, RetryableError, RpcError) as error:
            log.warning("claims.not_offered", agent=name, claims=changed, reason=str(error))
            return
        log.info("claims.offered", agent=name, claims=changed)

    def _is_early(self) -> bool:
        return self._last is not None and self._clock() < self._last.at + SECONDS

    def _changed(self) -> Mapping[str, int]:
        """By skill of the definition: the learned weight, where the chain knows another by POINTS."""
        claimed = self._view.skills.get(self._agent_id, {})
        learned = {skill: round(self._capabilities.weight(skill)) for skill in self._definition.capabilities}
        return {
            skill: weight
            for skill, weight in learned.items()
            if abs(weight - claimed.get(skill, 0)) >= POINTS
        }
