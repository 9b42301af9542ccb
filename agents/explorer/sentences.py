"""Events as one-line sentences. No free text that agents wrote is in them: only numbers, accounts and tags."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from agents.market.domain import BPS, skill_name
from agents.money import DECIMALS, format_credits

_PART = re.compile(r"{(\w+)\|(\w+)}")

SENTENCES: dict[str, str] = {
    "TaskManager.TaskCreated": "{requester|account} posts task {taskId|id} ({skill|tag}), reserve {params|reserve}",
    "TaskManager.TaskAwarded": "task {taskId|id} goes to agent {agentId|id} for {price|credits}",
    "TaskManager.ResultSubmitted": "agent {agentId|id} delivers task {taskId|id}",
    "TaskManager.TaskEvaluated": "{evaluator|account} scores task {taskId|id}: {score|id} of 100",
    "TaskManager.TaskSettled": "task {taskId|id} is settled: agent {agentId|id} is paid {price|credits} less"
    " {fee|credits} fee{silent|silence}",
    "TaskManager.TaskRejected": "the work of agent {agentId|id} on task {taskId|id} is rejected",
    "TaskManager.TaskDisputed": "agent {agentId|id} disputes the rejection of task {taskId|id}",
    "TaskManager.PanelConvened": "a panel is asked about task {taskId|id}",
    "TaskManager.SecretShown": "the secret of task {taskId|id} is shown",
    "TaskManager.TaskRuled": "the panel scores task {taskId|id}: {score|id} of 100",
    "TaskManager.TaskAppealed": "{appellant|account} appeals to the larger panel about task {taskId|id}",
    "TaskManager.WorkerCompensated": "agent {agentId|id} gets {amount|credits} for a rejection of task {taskId|id}"
    " that did not stand",
    "TaskManager.TaskDefaulted": "agent {agentId|id} did not deliver task {taskId|id}: its bond of {bond|credits}"
    " goes to the requester",
    "TaskManager.TaskRefunded": "task {taskId|id} ends: {amount|credits} go back to its requester",
    "TaskManager.TaskCancelled": "task {taskId|id} is cancelled",
    "TaskManager.TaskExpired": "task {taskId|id} ends without a valid bid",
    "BidAuction.BidCommitted": "agent {agentId|id} {replaced|seals} a bid for task {taskId|id}",
    "BidAuction.BidRevealed": "agent {agentId|id} bids {price|credits} for task {taskId|id} at quality"
    " {quality|quality}",
    "BidAuction.BondForfeited": "agent {agentId|id} did not open its bid for task {taskId|id}: {bond|credits} burned",
    "BidAuction.AuctionFinalized": "the auction of task {taskId|id} ends: agent {agentId|winner} at {price|credits}",
    "BidAuction.TaskTakenOver": "agent {agentId|id} takes over task {taskId|id} for {price|credits}",
    "BidAuction.NoncesInvalidated": "{signer|account} takes back signed bids",
    "BidAuction.RelaySkipped": "a relayed bid is skipped",
    "AgentRegistry.Registered": "agent {agentId|id} is registered by {owner|account}",
    "AgentRegistry.SkillSet": "agent {agentId|id} claims {tag|tag} at {weight|id} of 100",
    "AgentRegistry.ActiveSet": "agent {agentId|id} {active|takes} work",
    "AgentRegistry.ParentAgentSet": "agent {agentId|id} is a child of agent {parentId|id}",
    "AgentRegistry.EncryptionKeySet": "agent {agentId|id} sets its encryption key",
    "AgentRegistry.MetadataSet": "agent {agentId|id} changes its metadata",
    "AgentRegistry.URIUpdated": "agent {agentId|id} changes its card",
    "AgentRegistry.Transfer": "agent {tokenId|id} goes from {from|account} to {to|account}",
    "Ledger.Deposited": "{account|account} deposits {amount|credits}",
    "Ledger.Withdrawn": "{account|account} withdraws {amount|credits}",
    "Ledger.Transferred": "{from|account} transfers {amount|credits} to {to|account}",
    "Ledger.Locked": "{account|account} locks {amount|credits}",
    "Ledger.Unlocked": "{account|account} has {amount|credits} free again",
    "Ledger.Paid": "{from|account} pays {amount|credits} to {to|account}",
    "Ledger.Held": "{from|account} pays {amount|credits} that {to|account} keeps locked",
    "Ledger.Burned": "{amount|credits} of {from|account} are burned",
    "Ledger.BurnFlushed": "{amount|credits} of burned tokens are destroyed",
    "Ledger.DebtRecorded": "{debtor|account} owes {creditor|account} {amount|credits} more",
    "Ledger.DebtPaid": "{payer|account} pays {amount|credits} of what {debtor|account} owes {creditor|account}",
    "Ledger.DebtForgiven": "{creditor|account} forgives {debtor|account} {amount|credits}",
    "CreditToken.Transfer": "tokens for {value|credits} go from {from|account} to {to|account}",
    "CreditToken.Approval": "{owner|account} lets {spender|account} move {value|credits}",
    "IncentiveEngine.ReputationUpdated": "agent {agentId|id} scored {score|id} of 100 in {skill|tag}",
    "IncentiveEngine.FeedbackAllowed": "{clientAddress|account} may give feedback about agent {agentId|id}",
    "IncentiveEngine.NewFeedback": "{clientAddress|account} gives feedback about agent {agentId|id}",
    "IncentiveEngine.FeedbackRevoked": "{clientAddress|account} takes back feedback about agent {agentId|id}",
    "IncentiveEngine.ResponseAppended": "{responder|account} responds to feedback about agent {agentId|id}",
    "MessageHub.MessageSent": "{from|account} writes to {to|account}",
    "MessageHub.MessagePublished": "{from|account} writes to everyone on {topic|tag}",
    "MessageHub.PostageSet": "{account|account} asks {postage|credits} of those who write to it",
    "MessageHub.BlockSet": "{account|account} {blocked|blocks} {sender|account}",
    "UsageMeter.ChannelOpened": "agent {agentId|id} opens a channel to {provider|account} with {amount|credits}",
    "UsageMeter.ToppedUp": "channel {channelId|short} is filled up by {amount|credits}",
    "UsageMeter.Redeemed": "channel {channelId|short} has paid {cumulative|credits} for thinking",
    "UsageMeter.Overdrawn": "channel {channelId|short} is overdrawn: {owed|credits} owed, {lost|credits} lost",
    "UsageMeter.ExitStarted": "channel {channelId|short} is to be closed",
    "UsageMeter.ChannelClosed": "channel {channelId|short} is closed, {rest|credits} go back",
    "UsageMeter.CreditLineSet": "{provider|account} grants agent {agentId|id} {amount|credits}",
    "UsageMeter.Pledged": "agent {agentId|id} pledges {amount|credits}",
    "UsageMeter.UnpledgeStarted": "agent {agentId|id} is taking back its pledge",
    "UsageMeter.Unpledged": "agent {agentId|id} has {amount|credits} of its pledge back",
    "UsageMeter.PledgeSeized": "{creditor|account} takes {amount|credits} of the pledge of agent {agentId|id}",
    "UsageMeter.VoucherSkipped": "a voucher of channel {channelId|short} is skipped",
    "RaceBoard.RaceOpened": "the race of task {taskId|id} begins: each entry locks {bond|credits}",
    "RaceBoard.EntryCommitted": "agent {agentId|id} enters the race of task {taskId|id}",
    "RaceBoard.EntryShown": "agent {agentId|id} shows its work in the race of task {taskId|id}",
    "RaceBoard.EntryJudged": "agent {agentId|id} scores {score|id} of 100 in the race of task {taskId|id}",
    "RaceBoard.EntryForfeited": "agent {agentId|id} did not show its work for task {taskId|id}: {bond|credits} burned",
    "RaceBoard.EntryWithdrawn": "agent {agentId|id} has {amount|credits} back from the race of task {taskId|id}",
    "RaceBoard.HeadMoved": "agent {agentId|winner} is to be judged in the race of task {taskId|id}",
    "RaceBoard.PanelConvened": "a panel is asked about agent {agentId|id} in the race of task {taskId|id}",
    "RaceBoard.RaceWon": "agent {agentId|id} wins the race of task {taskId|id}{silent|silence}",
    "RaceBoard.SecretShown": "the secret of task {taskId|id} is shown",
    "EvaluatorPool.CaseConvened": "a panel of {size|id} is asked for, for {fee|credits}",
    "EvaluatorPool.CaseReconvened": "a larger panel of {size|id} is asked for, for {fee|credits}",
    "EvaluatorPool.CaseUnsealed": "a panel can be drawn",
    "EvaluatorPool.DrawFixed": "a panel will be drawn by block {drawBlock|id}",
    "EvaluatorPool.DrawFailed": "only {found|id} seats could be drawn",
    "EvaluatorPool.PanelDrawn": "a panel is drawn",
    "EvaluatorPool.PanelTallied": "{revealed|id} members of the panel have spoken",
    "EvaluatorPool.ScoreCommitted": "seat {seat|id} seals a score",
    "EvaluatorPool.ScoreRevealed": "seat {seat|id} scores {score|id} of 100",
    "EvaluatorPool.CaseClosed": "the panel is done: {decided|decided}{score|id} of 100",
    "EvaluatorPool.EvaluatorPaid": "seat {seat|id} is paid {amount|credits}",
    "EvaluatorPool.EvaluatorSlashed": "seat {seat|id} loses {amount|credits}",
    "EvaluatorPool.SeatTaken": "{holder|account} takes seat {seat|id} with {stake|credits}",
    "EvaluatorPool.SeatLeaving": "{holder|account} is leaving seat {seat|id}",
    "EvaluatorPool.SeatLeft": "{holder|account} has left seat {seat|id} with {stake|credits}",
    "ActionLogger.BatchCommitted": "agent {agentId|id} logs {count|id} actions",
    "MarketParameters.ParametersSet": "the market's parameters are set",
    "VotingCredits.CreditsLocked": "{owner|account} locks {amount|credits} for votes",
    "VotingCredits.NoticeGiven": "{owner|account} gives notice of lock {lockId|id}",
    "VotingCredits.CreditsWithdrawn": "{owner|account} takes {amount|credits} out of lock {lockId|id}",
    "VotingCredits.DelegateChanged": "{delegator|account} lets {toDelegate|account} vote",
    "VotingCredits.DelegateVotesChanged": "{delegate|account} has {newVotes|credits} of votes",
    "MarketGovernor.ProposalCreated": "{proposer|account} proposes a change",
    "MarketGovernor.ProposalQueued": "a proposal is queued",
    "MarketGovernor.ProposalExecuted": "a proposal is executed",
    "MarketGovernor.ProposalCanceled": "a proposal is canceled",
    "MarketGovernor.VoteCast": "{voter|account} votes {support|support} a proposal",
    "MarketGovernor.VoteCastWithParams": "{voter|account} votes {support|support} a proposal",
}


def sentence(contract: str, name: str, arguments: Mapping[str, Any]) -> str:
    """What the event says, in one line; of events without a sentence, the name in words.

    ``arguments`` are those of ``calls.arguments_of``. An event that is not known has an empty name.
    """
    form = SENTENCES.get(f"{contract}.{name}")
    if form is None:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower() or "an event that is not known"
    return _PART.sub(lambda part: _WORDS[part[2]](arguments.get(part[1])), form)


def account_words(account: str) -> str:
    """An account as a sentence has it: ``agent 5``, or an address cut in the middle."""
    kind, _, number = account.partition(":")
    return f"agent {number}" if kind == "agent" else f"{account[:6]}…{account[-4:]}"


def credits_words(units: int | str | None, places: int = 2) -> str:
    """An amount as a sentence has it, with ``places`` decimals."""
    return f"{format_credits(int(units or 0), places)} credits"


def places_for(*amounts: int) -> int:
    """The fewest decimals, but at least two, at which no two different amounts read the same, and none as nothing."""
    different = {0, *amounts}
    for places in range(2, DECIMALS):
        if len({format_credits(one, places) for one in different}) == len(different):
            return places
    return DECIMALS


def quality_words(quality: int) -> str:
    """A quality as a part of one, exactly: an agent that nothing can be said against has 1.0000."""
    return f"{quality // BPS}.{quality % BPS:04d}"


def _tag(value: Any) -> str:
    text = skill_name(bytes.fromhex(str(value)[2:]))
    return text if text.isprintable() and text else str(value)


_WORDS: dict[str, Callable[[Any], str]] = {
    "account": lambda value: account_words(str(value)),
    "blocks": lambda value: "blocks" if value else "no longer blocks",
    "credits": credits_words,
    "decided": lambda value: "" if value else "no quorum, ",
    "id": str,
    "quality": lambda value: quality_words(int(value or 0)),
    "reserve": lambda value: credits_words(value["reserve"]),
    "seals": lambda value: "replaces" if value else "seals",
    "short": lambda value: f"{str(value)[:10]}…",
    "silence": lambda value: ", since nobody who was asked has spoken" if value else "",
    "support": lambda value: {0: "against", 1: "for", 2: "neither for nor against"}.get(value, "on"),
    "tag": _tag,
    "takes": lambda value: "takes" if value else "takes no more",
    "winner": lambda value: str(value) if value else "0 (nobody)",
}
