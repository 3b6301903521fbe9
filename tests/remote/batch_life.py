"""A batch under way, and what a client sees of it."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.remote.batch_lines import ENDPOINT, Line
from tests.remote.batch_plan import BatchPlan

_DAY = 24 * 3600


@dataclass
class Batch:
    """A batch under way: the object that clients see, and the steps that lie before it."""

    shown: dict[str, Any]
    plan: BatchPlan
    lines: list[Line]
    ahead: deque[str]
    wrong: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0

    @property
    def status(self) -> str:
        return str(self.shown["status"])


def batch_object(name: str, file_id: str, metadata: dict[str, str]) -> dict[str, Any]:
    """What a client sees of a batch that is new."""
    now = int(time.time())
    moments = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
    return {
        "id": name,
        "object": "batch",
        "endpoint": ENDPOINT,
        "errors": None,
        "input_file_id": file_id,
        "completion_window": "24h",
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": now,
        "expires_at": now + _DAY,
        **{f"{moment}_at": None for moment in moments},
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "metadata": metadata or None,
    }


def usage_object(tokens: int) -> dict[str, Any]:
    return {
        "input_tokens": tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens,
    }
