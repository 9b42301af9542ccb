"""/api/ledger"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from starlette.responses import Response

from agents.explorer.api.answers import NOT_FOUND, PROBLEMS, reply
from agents.explorer.api.context import Here
from agents.explorer.api.models import AccountDetail, AccountRow, Entry, LedgerOverview, Page
from agents.explorer.queries.asked import AccountsAsked, EntriesAsked
from agents.explorer.queries.asked import account as read_account
from agents.explorer.queries.ledger import account_page, ledger_overview, list_accounts, list_entries

router = APIRouter(prefix="/api/ledger", tags=["ledger"], responses=PROBLEMS)


@router.get("", response_model=Page[Entry])
def entries(here: Here, asked: Annotated[EntriesAsked, Query()]) -> Response:
    """Every movement of credits, the newest first."""
    return reply(here, list_entries, asked)


@router.get("/overview", response_model=LedgerOverview)
def overview(here: Here) -> Response:
    """The whole ledger in figures."""
    return reply(here, ledger_overview)


@router.get("/accounts", response_model=Page[AccountRow])
def accounts(here: Here, asked: Annotated[AccountsAsked, Query()]) -> Response:
    """Accounts, the richest first."""
    return reply(here, list_accounts, asked)


@router.get("/accounts/{account}", response_model=AccountDetail, responses=NOT_FOUND)
def account(
    here: Here, account: Annotated[str, Path(max_length=42), AfterValidator(read_account)]
) -> Response:
    """One account: what it has, and what came and went by reason."""
    return reply(here, account_page, account)
