"""One job of the cell benchmark: one analysis of one representation of one data set."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from genept import __version__
from genept.benchmark.cells.scored import Analysis, Scored, Vectors, not_computable
from genept.benchmark.sample import NotComputableError

# Changes whenever the same job would give another result.
_VERSION = "1"


@dataclass(frozen=True, eq=False)
class CellJob:
    """What is scored, and how.

    Parameters
    ----------
    dataset, representation, kind
        Names, and what kind of representation it is.
    protocol
        ``"rigorous"`` or ``"paper"``.
    vectors
        (n_cells, d) float32.
    analysis
        Made ready for these cells.
    """

    dataset: str
    representation: str
    kind: str
    protocol: str
    vectors: Vectors
    analysis: Analysis

    def identity(self) -> str:
        """Checksum of all that the result depends on."""
        said = hashlib.sha256()
        what = (_VERSION, __version__, self.dataset, self.representation, self.kind, self.protocol)
        said.update(repr(what).encode())
        _digest(said, self.vectors)
        _digest(said, self.analysis)
        return said.hexdigest()


def run_cell_job(job: CellJob) -> Scored:
    """Score, on one thread, so that the result doesn't depend on how many there are."""
    with threadpool_limits(1):
        try:
            return job.analysis.score(job.vectors)
        except NotComputableError as error:
            return not_computable(job.analysis, f"{error.found}; {error.expected}")


def job_size(job: CellJob) -> int:
    """How much work a job is, roughly."""
    return job.analysis.size() * int(job.vectors.shape[1])


def _digest(said: Any, value: Any) -> None:
    """Add a value, and what it holds, to a checksum."""
    if isinstance(value, np.ndarray):
        said.update(f"{value.dtype}{value.shape}".encode())
        said.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, (list, tuple)):
        for one in value:
            _digest(said, one)
    elif isinstance(value, Mapping):
        _digest(said, list(value.items()))
    elif hasattr(value, "__dataclass_fields__"):
        said.update(type(value).__name__.encode())
        for name, one in vars(value).items():
            said.update(name.encode())
            _digest(said, one)
    else:
        said.update(repr(value).encode())
