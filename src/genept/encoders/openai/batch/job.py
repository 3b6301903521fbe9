"""A job at the Batch API: half the price, within a day, and nobody has to wait for it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from tqdm.auto import tqdm

from genept.atomic import check_writable
from genept.encoders.budget import Budget
from genept.encoders.openai.batch.job_file import open_job
from genept.encoders.openai.batch.progress import BatchProgress
from genept.encoders.openai.batch.work import BatchWork
from genept.encoders.openai.models import batch_share
from genept.encoders.sent_texts import TooLong, prepare
from genept.encoders.vector_cache import open_vectors
from genept.errors import ArgumentError, OutputError
from genept.remote.secret import queries_hidden

if TYPE_CHECKING:
    from genept.encoders.openai.encoder import OpenAIEncoder


def advance_batch(
    encoder: "OpenAIEncoder",
    texts: Sequence[str],
    *,
    job: Path,
    too_long: TooLong = "cut",
    max_cost: float | None = None,
    wait: bool = False,
    poll_seconds: float = 60.0,
) -> BatchProgress:
    """Take a job at the Batch API as far as it goes: submit what is missing, collect what is finished.

    Vectors go into the cache of vectors, from which :func:`genept.encoders.embed_texts` reads them when
    none is missing any more. The job file says what is under way: whatever interrupts this, a further call
    goes on, and pays for nothing twice.

    Parameters
    ----------
    encoder
        The model, and its server.
    texts
        n texts; repeats cost nothing.
    job
        The job file. Calls with the same one belong together.
    too_long
        What becomes of texts that are longer than the model reads: ``"cut"``, the default, or ``"refuse"``.
    max_cost
        US dollars that the job may cost at most, at the price of batches; no limit by default.
    wait
        Whether to return only when nothing is missing. By default, a call submits, collects or just looks.
    poll_seconds
        How long to wait before asking again. Batches take minutes to hours: by default a minute.

    Returns
    -------
    BatchProgress
        How far it is.

    Raises
    ------
    FetchError
        If the server fails, a batch failed as a whole, or texts got no vector in three batches. What came is
        kept.
    CostError
        If what is missing could pass ``max_cost``; nothing has been sent then.
    InputFileError
        If the job file is damaged, or that of another encoder or server; it stays as it is.
    OutputError
        If the job file or the cache can't be written, or another process is at this job.
    EncoderError
        If a text is too long, or all vectors have another width than the encoder's.
    ArgumentError
        If there is a ``max_cost`` but no price, an argument means nothing, or there is no key.
    MissingDependencyError
        If the SDK isn't installed.
    """
    if not poll_seconds >= 0:
        raise ArgumentError(f"poll_seconds of {poll_seconds}", expected="0 or more", do="leave it out")
    budget = Budget.of(encoder, max_cost)
    if budget.usd_per_million_tokens is not None:
        budget.usd_per_million_tokens *= batch_share()
    sent = prepare(encoder, texts, too_long=too_long)
    with _alone(job), open_vectors(encoder.fingerprint) as cache, queries_hidden():
        record = open_job(job, encoder=encoder.fingerprint, server=encoder.base_url)
        with tqdm(total=len(sent.texts), unit="text", desc="openai batch", disable=None) as bar:
            work = BatchWork(encoder, sent, cache, record=record, budget=budget, done=bar.update)
            while True:
                work.advance()
                progress = work.progress()
                bar.update(progress.n_texts - progress.n_missing + progress.n_completed - bar.n)
                if progress.status == "done" or not wait:
                    return progress
                time.sleep(poll_seconds)


@contextmanager
def _alone(job: Path) -> Iterator[None]:
    """Keep other processes from the same job.

    Raises
    ------
    OutputError
        If one is at it, or the folder can't be written to.
    """
    # The lock would make a folder that is missing, such as one whose name is misspelt.
    check_writable(job)
    lock = FileLock(job.with_name(job.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise OutputError(
            f"{job}, which another run is using",
            expected="one run at a time for a job",
            do="wait until that run has ended, or name another job file",
        ) from error
    try:
        yield
    finally:
        lock.release()
