"""``--batch``: a job at the Batch API that a command submits, and that the same command collects later."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genept.cli.output import print_json, say
from genept.errors import ArgumentError, name_some

if TYPE_CHECKING:
    from genept.encoders import CorpusEncoder, TextEncoder


def advance(
    encoder: "TextEncoder | CorpusEncoder",
    texts: Sequence[str],
    output: Path,
    *,
    too_long: Literal["cut", "refuse"],
    max_cost: float | None,
    wait: bool,
    as_json: bool,
) -> bool:
    """Submit what is missing, collect what is finished, and say how far it is.

    Returns
    -------
    bool
        Whether every text has its vector in the cache.

    Raises
    ------
    ArgumentError
        If the encoder isn't one of OpenAI's protocol.
    GeneptError
        As :func:`genept.encoders.openai.advance_batch`.
    """
    from genept.encoders.openai import OpenAIEncoder, advance_batch

    if not isinstance(encoder, OpenAIEncoder):
        raise ArgumentError(
            f"--batch with the encoder {encoder.name!r}",
            expected="openai:MODEL, since only OpenAI has such an API",
            do="leave --batch out",
        )
    job = job_file(output)
    progress = advance_batch(encoder, texts, job=job, too_long=too_long, max_cost=max_cost, wait=wait)
    if progress.status == "done":
        return True
    done = progress.n_texts - progress.n_missing + progress.n_completed
    say(
        f"{done:,} of {progress.n_texts:,} texts are done ({progress.n_failed:,} requests failed so far). "
        f"The job is in {job}: {name_some(f'{batch} {status}' for batch, status in progress.batches)}. "
        "Run the same command again to go on, or with --wait to wait for it."
    )
    if as_json:
        print_json(asdict(progress))
    return False


def end_job(output: Path) -> None:
    """Remove what was written down of a job, once its output is in place."""
    job = job_file(output)
    for file in (job, job.with_name(job.name + ".lock")):
        file.unlink(missing_ok=True)


def job_file(output: Path) -> Path:
    """Where the job of an output is written down: beside it."""
    return output.with_name(output.name + ".batch.json")
