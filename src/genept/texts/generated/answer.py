"""What the server answers: read, cleaned, or refused with a reason."""

import json
import re
from dataclasses import dataclass

from genept.texts.clean import one_line
from genept.texts.generated.prompt import UNKNOWN

_IS_UNKNOWN = re.compile(rf"\W*{UNKNOWN}\b.*|\W*(?i:{UNKNOWN})\W*", re.DOTALL)
# A summary of a gene never begins like this.
_IS_REFUSAL = re.compile(r"(?:(?:i.m |i am )?sorry|i cannot|i can.t|i can not|as an ai)\b", re.IGNORECASE)


class UnusableError(Exception):
    """An answer that is no summary, with the reason in words."""


@dataclass(frozen=True)
class Answer:
    """One answer of a model.

    Parameters
    ----------
    text
        The summary; ``None`` where the model says that it doesn't know the gene.
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


def read_answer(body: bytes, *, date: str) -> Answer:
    r"""Read the body of a chat completion.

    Raises
    ------
    UnusableError
        If it is malformed, empty, cut short or a refusal.

    Examples
    --------
    >>> choice = '{"message": {"content": " An\\nenzyme. "}, "finish_reason": "stop"}'
    >>> read_answer(f'{{"model": "m", "choices": [{choice}]}}'.encode(), date="2026-01-01").text
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
    text = one_line(content) if isinstance(content, str) else ""
    if refusal or _IS_REFUSAL.match(text):
        raise UnusableError("the model refused to answer")
    if not text:
        raise UnusableError("the answer is empty")
    if "</think>" in text:
        raise UnusableError("the answer holds the model's thoughts; turn them off on the server")
    served, usage = completion.get("model"), completion.get("usage")
    return Answer(
        text=None if _IS_UNKNOWN.fullmatch(text) else text,
        model_served=one_line(served) if isinstance(served, str) else "",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        date=date,
    )


def _count(usage: object, name: str) -> int:
    number = usage.get(name) if isinstance(usage, dict) else 0
    return number if isinstance(number, int) and 0 <= number < 2**31 else 0
