"""What every model looks like to the rest of Agora."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from agents.errors import ModelError
from agents.errors.tokens import Usage

__all__ = ["Message", "Model", "ModelAnswer", "ModelRequest", "Role", "Tariff", "Usage", "billed"]

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call of a model: who asks, what for, and the conversation."""

    agent: str
    purpose: str
    """What the call is for: "fit", "work", "judge" or another short word."""
    messages: tuple[Message, ...]
    max_tokens: int
    """The most tokens that the answer may have; an answer that is cut off there is an error."""
    schema: Mapping[str, Any] | None = None
    """A JSON schema that the answer is constrained to, or None for free text."""
    temperature: float = 0.0
    seed: int = 0
    task: int = 0
    """The task that the call is for, 0 if for none."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A complete answer, the model that gave it, and what it burned."""

    text: str
    model: str
    usage: Usage
    cost: int = 0
    """Units that were charged for it, 0 if nobody charges."""
    call: str = ""
    """The id of its receipt."""


class Model(Protocol):
    """Answers requests; shipped as GatewayModel, which all agents think with, and ScriptedModel."""

    @property
    def name(self) -> str:
        """The model and its quantisation, as it stands beside every result made with it."""
        ...

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The model's whole answer.

        Raises AnswerTruncated at the token limit, PromptRefused for a request that the model cannot take,
        ModelUnavailable when the endpoint stayed out of reach, and a UserError that a person has to mend.
        """
        ...


class Tariff(Protocol):
    """Tells one party what it can think with, and what its thinking has cost; shipped as GatewayModel."""

    async def list_available_models(self) -> Sequence[Mapping[str, Any]]:
        """The models that can be asked for: ``id``, and ``price`` in units for a million tokens of each kind."""
        ...

    async def get_my_model_costs(self) -> Mapping[str, Any]:
        """``spent``: a row for each model that the party has called, with calls, tokens, and cost in units."""
        ...


def billed(error: ModelError) -> Usage:
    """What the failed tries behind ``error`` burned."""
    return Usage(*error.usage)
