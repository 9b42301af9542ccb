"""The most that a call can burn: what is reserved before it is made."""

from agents.llm.prices import Price
from agents.llm.protocol import Usage

TEMPLATE_TOKENS = 256
"""What a model's template adds to a conversation, such as a system prompt of its own."""


def worst_usage(
    body_bytes: int, max_tokens: int, price: Price, context: int | None, choices: int = 1
) -> Usage:
    """The dearest usage that a request of so many bytes, for answers of ``max_tokens`` each, can come to.

    No tokenizer makes more tokens than there are bytes, and whatever reaches the model, with the marks of the
    turns, is in the body. Prompt and answer share the model's ``context`` where one is known: then the dearer
    kind takes of it first.
    """
    prompt, answer = body_bytes + TEMPLATE_TOKENS, max_tokens
    if context is not None:
        if choices * price.output_per_million >= price.input_per_million:
            answer = min(answer, context)
            prompt = min(prompt, context - answer)
        else:
            prompt = min(prompt, context)
            answer = min(answer, context - prompt)
    return Usage(prompt, choices * answer)
