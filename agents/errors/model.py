"""Errors of models and their endpoints."""

from agents.errors.base import AgoraError, RetryableError, UserError


class BadApiKey(UserError):
    """The model endpoint refuses the key."""

    def __init__(self, base_url: str) -> None:
        super().__init__(
            f"the model endpoint {base_url} refuses the API key: set OPENAI_API_KEY in .env, or unset OPENAI_API_KEY, "
            "OPENAI_BASE_URL and AGORA_MODEL to use the embedded model"
        )


class ModelMissing(UserError):
    """The weights or the named model cannot be found."""


class ModelUnfit(UserError):
    """The model endpoint answers, but does not do what Agora needs of it."""


class ModelServerDied(UserError):
    """The embedded model's process ended by itself."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the embedded model's server died ({detail}): what is on chain is safe, start the same command again to "
            "go on; with little memory, choose a smaller model in AGORA_GGUF"
        )


class GatewayUnreachable(UserError):
    """Nobody answers where the gateway should be."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"no gateway answers at {url} ({reason}): mend AGORA_GATEWAY, or unset it for a gateway of one's own"
        )


class GatewayUnfit(UserError):
    """The gateway answers, but parties of this market cannot think there."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the gateway cannot be used: {reason}; check AGORA_GATEWAY")


class GatewayTooDear(UserError):
    """Another's gateway asks more for a model than its parties are ready to pay."""

    def __init__(self, model: str, kind: str, asked: str, most: str) -> None:
        """``kind`` is input, output or cached; the prices are credits for a million tokens."""
        super().__init__(
            f"the gateway asks {asked} credits for a million {kind} tokens of {model}, and by your own list no more "
            f"than {most} is paid: mend AGORA_GATEWAY, or the model's price in the file that AGORA_MODELS names"
        )


class ModelUnavailable(RetryableError):
    """The model endpoint is busy, limited or out of reach."""


class ThinkingUnpaid(ModelUnavailable):
    """The gateway refuses a call whose worst case the agent's channel does not cover, or a budget does not allow.

    ``code`` is the gateway's word for why; ``shortfall`` the units that are missing, 0 if none would help.
    """

    def __init__(self, message: str, code: str, shortfall: int = 0) -> None:
        super().__init__(message)
        self.code, self.shortfall = code, shortfall


class ModelError(AgoraError):
    """The model answered, but its answer cannot be used.

    ``usage`` is what the failed tries burned, as (prompt tokens, completion tokens): they are charged too.
    """

    def __init__(self, message: str, usage: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.usage = usage


class AnswerTruncated(ModelError):
    """The answer was cut off by the token limit, which is never an answer."""


class AnswerInvalid(ModelError):
    """The answer does not fit its schema, and one try to repair it failed."""


class PromptRefused(ModelError):
    """The endpoint refuses the request itself, for instance one too long for the model's context."""
