"""Jobs in processes of their own: what is done stays done, and a process that grows is replaced."""

import time
from typing import Any

import numpy as np
import pytest

from genept.benchmark.run_jobs import run_any_jobs

_HELD: list[np.ndarray] = []


class Memory:
    """Keeps results in a dict."""

    def __init__(self, known: dict[int, int]) -> None:
        self.known = known

    def get(self, job: int) -> list[dict[str, Any]] | None:
        return [{"value": self.known[job]}] if job in self.known else None

    def put(self, job: int, scored: int) -> list[dict[str, Any]]:
        assert job not in self.known
        self.known[job] = scored
        return [{"value": scored}]


def square(job: int) -> int:
    return job * job


def square_and_grow(job: int) -> int:
    # joblib looks at most once a second whether a process has grown, by 300 MB or more.
    time.sleep(1.1)
    _HELD.append(np.ones(50_000_000))
    return job * job


def test_rows_come_in_order_and_nothing_is_done_twice() -> None:
    memory = Memory({2: 4})
    rows = run_any_jobs([3, 1, 2], memory, run=square, size=lambda job: job, n_jobs=2)
    assert rows == [{"value": 9}, {"value": 1}, {"value": 4}]


@pytest.mark.slow
def test_a_process_that_grows_is_replaced_also_where_warnings_are_errors() -> None:
    jobs = list(range(5))
    rows = run_any_jobs(jobs, Memory({}), run=square_and_grow, size=lambda job: job, n_jobs=2)
    assert rows == [{"value": job * job} for job in jobs]
