"""Tokens of messages, estimated on the high side without any model's vocabulary."""

import math
from collections.abc import Iterable, Mapping

# English prose has four to five characters to a token, symbols of genes two to three.
_CHARACTERS_PER_TOKEN = 3
# What a server adds around each message: role, begin, end.
_TOKENS_AROUND = 8


def tokens_of(messages: Iterable[Mapping[str, str]]) -> int:
    """Estimate the tokens of the messages of one question: a third of their characters, and 8 for each.

    Examples
    --------
    >>> tokens_of([{"role": "user", "content": "Symbol: LYZ"}])
    12
    """
    return sum(
        math.ceil(len(message["content"]) / _CHARACTERS_PER_TOKEN) + _TOKENS_AROUND for message in messages
    )
