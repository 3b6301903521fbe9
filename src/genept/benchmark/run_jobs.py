"""Jobs, several at a time; what is done stays done."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from joblib import Parallel, cpu_count, delayed
from tqdm.auto import tqdm

from genept.benchmark.jobs import Job, run_job
from genept.benchmark.kept import KeptJobs, Row

J = TypeVar("J")
J_contra = TypeVar("J_contra", contravariant=True)
S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class Kept(Protocol[J_contra, S_contra]):
    """Where the results of jobs are kept as they come."""

    def get(self, job: J_contra, /) -> list[Row] | None:
        """Give the rows of a job that was done before; ``None`` otherwise."""
        ...

    def put(self, job: J_contra, scored: S_contra, /) -> list[Row]:
        """Keep what a job gave, as rows."""
        ...


def run_jobs(jobs: Sequence[Job], kept: KeptJobs, *, n_jobs: int | None = None) -> list[Row]:
    """Run jobs of the gene benchmark that aren't done yet, and give the rows of all in order.

    Parameters
    ----------
    jobs
        What is scored.
    kept
        Where results are kept as they come.
    n_jobs
        Jobs at a time; by default one for each processor. Results don't depend on it.

    Raises
    ------
    OutputError
        If a result can't be kept.
    """
    return run_any_jobs(jobs, kept, run=run_job, size=_size, n_jobs=n_jobs)


def run_any_jobs(
    jobs: Sequence[J],
    kept: Kept[J, S],
    *,
    run: Callable[[J], S],
    size: Callable[[J], int],
    n_jobs: int | None = None,
) -> list[Row]:
    """Run jobs that aren't done yet, each on one thread, and give the rows of all in order.

    Parameters
    ----------
    jobs
        What is scored.
    kept
        Where results are kept as they come.
    run
        Scores a job on one thread.
    size
        How much work a job is, roughly.
    n_jobs
        Jobs at a time; by default one for each processor. Results don't depend on it.

    Raises
    ------
    OutputError
        If a result can't be kept.
    """
    rows: dict[int, list[Row]] = {}
    for number, job in enumerate(jobs):
        known = kept.get(job)
        if known is not None:
            rows[number] = known
    # The largest first, so that no processor is left with one alone at the end.
    todo = sorted((n for n in range(len(jobs)) if n not in rows), key=lambda n: (-size(jobs[n]), n))
    workers = Parallel(n_jobs or cpu_count(), return_as="generator_unordered")
    with warnings.catch_warnings():
        # A worker that grew (JAX alone takes 300 MB) is replaced, and nothing is lost. Where warnings are
        # errors, this one would end the thread that hands out the jobs, and all would wait for it forever.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
        done = workers(delayed(_numbered)(number, jobs[number], run) for number in todo)
        for number, scored in tqdm(done, total=len(todo), desc="scores", unit="job", disable=None):
            rows[number] = kept.put(jobs[number], scored)
    return [row for number in range(len(jobs)) for row in rows[number]]


def _numbered(number: int, job: Any, run: Callable[[Any], Any]) -> tuple[int, Any]:
    return number, run(job)


def _size(job: Job) -> int:
    forest = 20 if job.classifier == "random_forest" else 1
    return int(forest * len(job.sample) * min(job.all_vectors.shape[1], len(job.sample)))
