"""What a run would cost, counted without sending anything."""

from collections.abc import Iterable
from dataclasses import dataclass

from genept.remote.chat import tokens_of

# 80 words of such prose are 110 to 140 tokens; no answer can be longer than prompt.MAX_TOKENS.
_ANSWER_TOKENS = 200


@dataclass(frozen=True)
class Estimate:
    """What a run would send, on the high side; attempts that are repeated come on top.

    Parameters
    ----------
    n_genes
        How many genes are asked for.
    n_cached
        How many of them have an answer already.
    n_requests
        How many questions are still to be sent.
    prompt_tokens
        Tokens of these questions: a third of their characters, and 8 for each message. English has
        four to five characters to a token, so this is too high rather than too low.
    completion_tokens
        Tokens of the answers to them: 200 for each, where 80 words take 110 to 140.
    """

    n_genes: int
    n_cached: int
    n_requests: int
    prompt_tokens: int
    completion_tokens: int


def estimate_tokens(questions: Iterable[list[dict[str, str]]]) -> tuple[int, int]:
    """Estimate the tokens of questions and of their answers.

    Parameters
    ----------
    questions
        The messages of each question.

    Returns
    -------
    (int, int)
        Tokens sent and tokens received.

    Examples
    --------
    >>> estimate_tokens([[{"role": "user", "content": "Symbol: LYZ"}]] * 2)
    (24, 400)
    """
    sent = [tokens_of(messages) for messages in questions]
    return sum(sent), _ANSWER_TOKENS * len(sent)
