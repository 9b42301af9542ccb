"""Full audits against the contracts: one at a time, in a thread, and never for more than a tenth of the time."""

import asyncio
import threading
import time
from collections.abc import Callable

import structlog

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.errors import AgoraError
from agents.explorer.api.models import Audit, AuditReport
from agents.lab.audit import AuditReport as Found
from agents.lab.audit import audit_chain

FRESH = 60.0
"""Seconds for which a report is new enough."""
SHARE = 9
"""How many times as long as an audit took nobody can start another."""
MOST_DIFFERENCES = 100

log = structlog.get_logger(__name__)


class Audits:
    """Knows the last audit, and begins another when somebody asks and the last is old."""

    def __init__(
        self, provider: str, deployment: Deployment, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._provider, self._deployment, self._clock = provider, deployment, clock
        self._lock = threading.Lock()
        self._running = False
        self._next = clock()
        self._report: AuditReport | None = None
        self._failure: str | None = None

    def ask(self) -> Audit:
        """What is known; another audit has begun if it was time for one."""
        with self._lock:
            if not self._running and self._clock() >= self._next:
                self._running = True
                threading.Thread(target=self._run, name="audit", daemon=True).start()
            return Audit(running=self._running, report=self._report, failure=self._failure)

    def _run(self) -> None:
        began = self._clock()
        report, failure = None, "the audit failed: the explorer's log says why"
        try:
            report, failure = _told(asyncio.run(self._audit())), ""
        except AgoraError as error:
            failure = str(error)
        finally:
            took = self._clock() - began
            log.info("explorer.audited", seconds=round(took, 3), conserved=report and report.conserved)
            with self._lock:
                self._report = report or self._report
                self._failure = failure or None
                self._running = False
                self._next = self._clock() + max(FRESH, SHARE * took)

    async def _audit(self) -> Found:
        async with Rpc(self._provider) as rpc:
            return await audit_chain(rpc, self._deployment)


def _told(found: Found) -> AuditReport:
    return AuditReport(
        conserved=found.conserved,
        first_block=found.first_block,
        last_block=found.last_block,
        blocks_checked=found.blocks_checked,
        accounts=found.accounts,
        tasks=found.tasks,
        minted=found.minted,
        held=found.held,
        burned=found.burned,
        differences=found.differences[:MOST_DIFFERENCES],
        finished=int(time.time()),
    )
