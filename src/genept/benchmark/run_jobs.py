"""Jobs, several at a time; what is done stays done."""

from collections.abc import Sequence

from joblib import Parallel, cpu_count, delayed
from tqdm.auto import tqdm

from genept.benchmark.jobs import Job, run_job
from genept.benchmark.kept import KeptJobs, Row
from genept.benchmark.protocols.scored import Scored


def run_jobs(jobs: Sequence[Job], kept: KeptJobs, *, n_jobs: int | None = None) -> list[Row]:
    """Run jobs that aren't done yet, each on one thread, and give the rows of all in order.

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
    rows: dict[int, list[Row]] = {}
    for number, job in enumerate(jobs):
        known = kept.get(job)
        if known is not None:
            rows[number] = known
    # The largest first, so that no processor is left with one alone at the end.
    todo = sorted((n for n in range(len(jobs)) if n not in rows), key=lambda n: (-_size(jobs[n]), n))
    workers = Parallel(n_jobs or cpu_count(), return_as="generator_unordered")
    done = workers(delayed(_numbered)(number, jobs[number]) for number in todo)
    for number, scored in tqdm(done, total=len(todo), desc="scores", unit="job", disable=None):
        rows[number] = kept.put(jobs[number], scored)
    return [row for number in range(len(jobs)) for row in rows[number]]


def _numbered(number: int, job: Job) -> tuple[int, Scored | str]:
    return number, run_job(job)


def _size(job: Job) -> int:
    forest = 20 if job.classifier == "random_forest" else 1
    return int(forest * len(job.sample) * min(job.all_vectors.shape[1], len(job.sample)))
