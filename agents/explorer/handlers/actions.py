"""ActionLogger: what agents commit of their actions."""

from agents.chain.bindings import action_logger
from agents.explorer import schema
from agents.explorer.handlers.common import add_to
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.rows import Rows


@handles(action_logger.BatchCommitted)
def _batch_committed(event: action_logger.BatchCommitted, at: Place, rows: Rows) -> None:
    rows.put(
        schema.action_batches,
        {
            "agent": event.agent_id,
            "batch": event.batch,
            "signer": event.signer,
            "root": schema.hex_text(event.root),
            "first": event.first,
            "count": event.count,
            **at.birth,
            **at.columns,
        },
    )
    add_to(rows, at, schema.agents, event.agent_id, actions=event.count)
