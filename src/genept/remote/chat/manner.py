"""How a model is asked: all that an answer depends on beside the question itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Manner:
    """How questions of one kind are asked.

    Parameters
    ----------
    needed_by
        What asks, in words, for the error where the SDK is missing.
    prompt_version
        Counts up with any change to the fixed words of the messages or to what follows here, which makes all
        answers be asked for again.
    temperature
        0 for the likeliest words, which hardly differ from time to time.
    max_tokens
        Tokens of an answer at most; one that reaches it is a failure.
    response_format
        The form that answers are to have, as OpenAI's protocol writes it; by default none is asked for. A
        server that refuses this parameter is asked without it from then on, so messages should say it too.
    """

    needed_by: str
    prompt_version: str
    temperature: float
    max_tokens: int
    response_format: Mapping[str, Any] | None = None
