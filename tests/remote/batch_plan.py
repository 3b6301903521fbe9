"""What becomes of a batch: the way it takes, which of its lines fail, and what is wrong with its output."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.remote.faults import random_for

FINAL = frozenset({"completed", "failed", "expired", "cancelled"})
SPOILS = frozenset({"duplicate-id", "unknown-id", "nan", "wrong-width", "truncated", "missing", "gone"})


@dataclass(frozen=True)
class BatchPlan:
    """The fate of one batch.

    Parameters
    ----------
    statuses
        The way it takes, from its creation on; it stays in the last one.
    polls
        How often it must be asked after before it takes the next step.
    done
        The share of its lines that are done when it expires or is cancelled.
    errors
        Codes and messages of what is wrong with it where its way ends in ``failed``.
    failing
        Custom ids, or texts, whose lines fail.
    failing_share
        The share of all other lines that fail, by chance.
    failing_times
        How often they do so: a text that was asked for in that many batches succeeds in the next.
    failure
        The status in the line of a failure, or ``error`` for one without any response.
    spoils
        What is wrong with its output, of ``SPOILS``; each hits a line of its own, while there are any.
    seed
        Of chance.
    """

    statuses: tuple[str, ...] = ("validating", "in_progress", "finalizing", "completed")
    polls: int = 1
    done: float = 0.5
    errors: tuple[tuple[str, str], ...] = (
        ("token_limit_exceeded", "Enqueued token limit reached for this model in this organization."),
    )
    failing: frozenset[str] = frozenset()
    failing_share: float = 0.0
    failing_times: int = 1
    failure: str = "500"
    spoils: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if unknown := set(self.spoils) - SPOILS:
            raise ValueError(f"unknown {sorted(unknown)}; there are {sorted(SPOILS)}")

    def fails(self, custom_id: str, texts: tuple[str, ...], failed: Counter[tuple[str, ...]]) -> bool:
        """Whether a line fails once more; ``failed`` counts how often its texts did so."""
        chosen = bool(self.failing & {custom_id, *texts})
        chosen = chosen or random_for(self.seed, 0, texts).random() < self.failing_share
        if not chosen or failed[texts] >= self.failing_times:
            return False
        failed[texts] += 1
        return True


def plan_from(values: Mapping[str, Any]) -> BatchPlan:
    """A plan from JSON, where there are lists only."""
    plan: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    if "failing" in plan:
        plan["failing"] = frozenset(plan["failing"])
    return BatchPlan(**plan)
