"""What naming clusters would cost, counted without sending anything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """What a run would send, on the high side; attempts that are repeated come on top.

    Parameters
    ----------
    n_clusters
        How many clusters there are.
    n_unassigned
        How many of them have no markers, so that nothing is asked about them.
    n_cached
        How many have an answer already.
    n_requests
        How many questions are still to be sent.
    prompt_tokens
        Tokens of these questions: a third of their characters, and 8 for each message.
    completion_tokens
        Tokens of the answers to them: 200 for each, where most take 100 to 150.
    usd
        What they would cost in US dollars; ``None`` where the price isn't known.
    price
        Where the price comes from, in words.
    """

    n_clusters: int
    n_unassigned: int
    n_cached: int
    n_requests: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None
    price: str
