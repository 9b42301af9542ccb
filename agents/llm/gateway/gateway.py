"""The gateway as a whole."""

from pydantic import SecretStr

from agents.llm.gateway.app import build
from agents.llm.gateway.keys import Keys, Throttle
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.till import Till
from agents.llm.gateway.vouchers import Signer
from agents.llm.prices import PriceTable
from agents.llm.upstreams.base import Upstream


class Gateway:
    """Models for whoever has a key, each call of which is paid for. ``app`` is it over HTTP, or in process."""

    def __init__(
        self,
        *,
        upstream: Upstream,
        prices: PriceTable,
        meter: Meter,
        keys: Keys,
        throttle: Throttle | None = None,
    ) -> None:
        """The meter is to have the same prices."""
        self.upstream, self.prices, self.meter, self.keys = upstream, prices, meter, keys
        self._till = Till(upstream, prices, meter, keys)
        self.app = build(self._till, throttle)
        for holder in keys.living():
            self._till.enlist(holder)

    def join(self, agent_id: int, name: str, signer: Signer | str) -> SecretStr:
        """An agent of this process may think, on its channel with this signer; the key with which it calls."""
        self.meter.enlist(agent_id, name, signer)
        return self.keys.issue_local(agent_id, signer if isinstance(signer, str) else signer.address)
