"""How a result in the making is begun, and what an interrupted run left of it."""

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.atomic import sync_folder
from genept.stream.result.chunk_writer import ChunkWriter
from genept.stream.result.folder import JOB, LOCK, PROGRESS, ROWS, empty_folder
from genept.stream.result.job import check_same_job, kept_chunk_rows, write_job
from genept.stream.result.progress import damaged, read_progress, write_progress
from genept.stream.result.resumable import resumable

log = logging.getLogger(__name__)

# What stands in the folder, and how; a version of genept that changes this counts on.
_LAYOUT = 1


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes
    ----------
    done, rewritten, tally
        As of :class:`genept.stream.result.partial.PartialOutput`.
    """

    done: NDArray[np.bool_]
    rewritten: NDArray[np.bool_]
    tally: dict[str, NDArray[Any]]


def whole_job(job: Mapping[str, Any], writer: ChunkWriter) -> dict[str, Any]:
    """Add to what is being made how it is written."""
    result = {name: getattr(writer, name) for name in ("key", "chunk_rows", "n_cells", "width", "dtype")}
    return {**job, "result": {**result, "coverage": writer.with_coverage}, "layout": _LAYOUT}


def with_kept_chunks(writer: ChunkWriter) -> ChunkWriter:
    """Take chunks of the size with which the run began: it goes by the memory, which may be another one now.

    Raises
    ------
    OutputError
        If what was written down is damaged.
    """
    kept = kept_chunk_rows(writer.folder / JOB)
    if writer.chunk_rows < kept:
        log.info("Chunks stay at %s cells, as the run began", f"{kept:,}")
    return replace(writer, chunk_rows=kept)


def start(writer: ChunkWriter, job: Mapping[str, Any]) -> Progress:
    """Make all there is in the folder; the file of progress last, since it says that the rest is there.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    none = np.zeros(writer.n_chunks, bool)
    try:
        with resumable(writer.folder):
            empty_folder(writer.folder, but=(LOCK, ROWS))
            write_job(writer.folder / JOB, job)
            for array in writer.arrays.values():
                array.create()
            sync_folder(writer.result)
            sync_folder(writer.folder.parent)
            write_progress(writer.folder / PROGRESS, none, {})
    except BaseException:
        # Nothing is in it yet that another run could go on with.
        shutil.rmtree(writer.folder, ignore_errors=True)
        raise
    return Progress(none, none.copy(), {})


def go_on(writer: ChunkWriter, job: Mapping[str, Any], output: Path) -> Progress:
    """Find what is done, and what of it has been lost and is to be written again.

    Raises
    ------
    OutputError
        If it is another job, or more than chunks is missing or damaged.
    """
    check_same_job(writer.folder / JOB, job)
    counted, tally = read_progress(writer.folder / PROGRESS, writer.n_chunks)
    lost = np.zeros_like(counted)
    if not writer.result.exists():
        # It is moved to its place when all is done.
        if not (counted.all() and output.exists()):
            raise damaged(writer.result, "it is missing")
        return Progress(counted, lost, tally)
    for array in writer.arrays.values():
        if not array.is_there():
            raise damaged(array.folder, "it is missing")
        lost |= [bool(was) and not array.is_whole(chunk) for chunk, was in enumerate(counted)]
    if lost.any():
        log.warning(
            "%s of %s chunks that were done are missing or cut short in %s: they are computed again",
            f"{lost.sum():,}",
            f"{counted.sum():,}",
            writer.result,
        )
    done = counted & ~lost
    log.info("%s of %s chunks are done already", f"{done.sum():,}", f"{len(done):,}")
    return Progress(done, lost, tally)
