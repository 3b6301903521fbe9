"""What a server answers: the body of a chat completion, read, or refused with a reason."""

import json
from collections.abc import Callable
from dataclasses import dataclass


class UnusableError(Exception):
    """An answer that is no answer to what was asked, with the reason in words."""


@dataclass(frozen=True)
class Answer:
    """One answer of a model.

    Parameters
    ----------
    text
        What is kept of its words; ``None`` where the model says that it doesn't know.
    model_served
        The model's name as the server gives it; empty where it gives none.
    prompt_tokens, completion_tokens
        What the server counted; 0 where it doesn't say.
    date
        When it came, ISO 8601, UTC.
    """

    text: str | None
    model_served: str
    prompt_tokens: int
    completion_tokens: int
    date: str


def read_answer(body: bytes, *, date: str, understand: Callable[[str], str | None]) -> Answer:
    r"""Read the body of a chat completion.

    Parameters
    ----------
    body
        What the server sent.
    date
        When, ISO 8601.
    understand
        Makes of the words what is kept, as :class:`genept.remote.chat.Question` has it.

    Raises
    ------
    UnusableError
        If it is malformed, empty, cut short or a refusal, holds a model's thoughts, or isn't understood.

    Examples
    --------
    >>> choice = '{"message": {"content": " An enzyme. "}, "finish_reason": "stop"}'
    >>> body = f'{{"model": "m", "choices": [{choice}]}}'.encode()
    >>> read_answer(body, date="2026-01-01", understand=str.strip).text
    'An enzyme.'
    """
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        message, finish = choice["message"], choice["finish_reason"]
        content, refusal = message["content"], message.get("refusal")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The cause would show what the server sent, which can be anything.
        raise UnusableError("the body of the answer is no chat completion") from None
    if finish != "stop":
        raise UnusableError(f"the answer didn't come to its end (finish_reason {str(finish)[:40]!r})")
    if refusal:
        raise UnusableError("the model refused to answer")
    text = content if isinstance(content, str) else ""
    if "</think>" in text:
        raise UnusableError("the answer holds the model's thoughts; turn them off on the server")
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise UnusableError("the answer is empty")
    served, usage = completion.get("model"), completion.get("usage")
    return Answer(
        text=understand(text),
        model_served=served.strip() if isinstance(served, str) and served.isprintable() else "",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        date=date,
    )


def _count(usage: object, name: str) -> int:
    number = usage.get(name) if isinstance(usage, dict) else 0
    return number if isinstance(number, int) and 0 <= number < 2**31 else 0
