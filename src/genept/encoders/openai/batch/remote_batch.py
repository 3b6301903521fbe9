"""A batch as the server shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A batch moves on from every other status.
FINAL = frozenset({"completed", "failed", "expired", "cancelled"})
_QUEUE_IS_FULL = "token_limit_exceeded"


@dataclass(frozen=True)
class RemoteBatch:
    """What is of interest of a batch.

    Parameters
    ----------
    id, status
        As the server has them.
    metadata
        What was said at its creation.
    output, errors
        Ids of its files; empty where it has none.
    n_completed, n_failed
        Requests so far.
    flaws
        Codes and words of what is wrong with it as a whole.
    """

    id: str
    status: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    errors: str = ""
    n_completed: int = 0
    n_failed: int = 0
    flaws: tuple[tuple[str, str], ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in FINAL

    @property
    def is_too_much(self) -> bool:
        """Whether the server refused it for the number of tokens that wait already."""
        return any(code == _QUEUE_IS_FULL for code, _ in self.flaws)


def batch_of(body: object) -> RemoteBatch | None:
    """Read the server's JSON; ``None`` where it is no batch.

    Examples
    --------
    >>> batch_of({"id": "batch_1", "status": "completed", "output_file_id": "file-1"}).output
    'file-1'
    """
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("id", "status")):
        return None
    counts, wrong = _dict(body.get("request_counts")), _dict(body.get("errors")).get("data")
    return RemoteBatch(
        id=body["id"],
        status=body["status"],
        metadata=_dict(body.get("metadata")),
        output=str(body.get("output_file_id") or ""),
        errors=str(body.get("error_file_id") or ""),
        n_completed=_count(counts.get("completed")),
        n_failed=_count(counts.get("failed")),
        flaws=tuple(
            (str(flaw.get("code")), str(flaw.get("message")))
            for flaw in (wrong if isinstance(wrong, list) else [])
            if isinstance(flaw, dict)
        ),
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
