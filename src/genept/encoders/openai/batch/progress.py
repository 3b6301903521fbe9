"""How far a job at the Batch API is."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class BatchProgress:
    """How far a job at the Batch API is.

    Parameters
    ----------
    status
        ``"done"`` when no text lacks a vector; else ``"waiting"`` for batches that are under way.
    n_texts
        Different texts.
    n_missing
        Those without a vector in the cache.
    n_completed
        Those that the server has finished, as it says, in batches that aren't.
    n_failed
        Requests that failed, in all batches of the job; they are made again.
    batches
        Ids and statuses of all batches of the job.
    n_tokens
        Tokens that were paid for, in batches that are collected.
    usd
        What these cost; ``None`` where the price isn't known.
    """

    status: Literal["done", "waiting"]
    n_texts: int
    n_missing: int
    n_completed: int
    n_failed: int
    batches: tuple[tuple[str, str], ...]
    n_tokens: int
    usd: float | None
