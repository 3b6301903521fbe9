"""The folder beside an output in which a result grows, and from which it is moved there."""

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from filelock import FileLock
from numpy.typing import NDArray

from genept.atomic import sync_folder
from genept.errors import OutputError
from genept.stream.result.begun import Progress, go_on, start, whole_job, with_kept_chunks
from genept.stream.result.chunk_writer import ChunkWriter
from genept.stream.result.finish import complete_zarr, write_h5ad
from genept.stream.result.folder import JOB, LOCK, PROGRESS, empty_folder, partial_folder, take_folder
from genept.stream.result.obs import open_obs
from genept.stream.result.place import check_place, put_folder
from genept.stream.result.progress import write_progress
from genept.stream.result.resumable import resumable

__all__ = ["ChunkWriter", "PartialOutput"]

log = logging.getLogger(__name__)


class PartialOutput:
    """A result in the making, in the folder ``OUT.partial`` beside ``OUT``.

    Nothing stands at ``OUT`` until :meth:`finish`. What was committed stays in the folder however the process
    ends, and :meth:`begin` goes on with it. One process has it at a time, until it finishes, leaves the
    ``with`` block, or ends; others may write chunks for it.

    Attributes
    ----------
    folder
        The folder.
    writer
        Writes the chunks, here or in other processes.
    done
        (n_chunks,) whether each chunk was committed, and is there.
    rewritten
        (n_chunks,) whether a chunk that isn't done was committed by an interrupted run, and has been lost
        since. It has to be written again, but what is counted in it is in the tally already.
    tally
        Arrays that were committed together with ``done``; empty at first.
    """

    def __init__(
        self,
        output: Path,
        writer: ChunkWriter,
        lock: FileLock,
        progress: Progress,
    ) -> None:
        self.folder = writer.folder
        self.writer = writer
        self.done, self.rewritten, self.tally = progress.done, progress.rewritten, progress.tally
        self._output = output
        self._lock = lock

    @classmethod
    def begin(
        cls,
        output: Path,
        *,
        job: Mapping[str, Any],
        n_cells: int,
        width: int,
        key: str,
        chunk_rows: int,
        dtype: Literal["float32", "float16"],
        with_coverage: bool,
        resume: bool,
        lock: FileLock | None = None,
    ) -> Self:
        """Begin a result, or go on with one.

        Parameters
        ----------
        output
            Where the result is to be: ``.h5ad`` or ``.zarr``. An AnnData that is there is replaced.
        job
            What is being made, as JSON can hold it. Only the same job is gone on with.
        n_cells, width
            Shape of the embedding.
        key
            Its key in ``obsm`` and ``uns["genept"]``.
        chunk_rows
            Cells in a chunk. A run that is gone on with keeps those it began with: ask ``writer``.
        dtype
            What the embedding is stored as.
        with_coverage
            Whether each cell's coverage is written too.
        resume
            Whether to go on with an interrupted run, if there is one.
        lock
            That of the folder, where the caller has taken it.

        Raises
        ------
        OutputError
            If ``output`` can't be written or replaced; if an interrupted run left something and ``resume`` is
            false, or it made something else, or is damaged; or if another process is at it.
        """
        output = Path(output).resolve()
        check_place(output)
        writer = ChunkWriter(
            folder=partial_folder(output),
            key=key,
            # A chunk's file has its full length, which a few cells don't need.
            chunk_rows=min(chunk_rows, max(n_cells, 1)),
            n_cells=n_cells,
            width=width,
            dtype=dtype,
            with_coverage=with_coverage,
        )
        lock = lock or take_folder(writer.folder, resume=resume)
        try:
            begun = (writer.folder / PROGRESS).exists()
            if begun:
                writer = with_kept_chunks(writer)
            job = whole_job(job, writer)
            progress = go_on(writer, job, output) if begun else start(writer, job)
        except BaseException:
            lock.release()
            raise
        return cls(output, writer, lock, progress)

    def commit(self, chunks: Sequence[int], tally: Mapping[str, NDArray[Any]]) -> None:
        """Note that chunks are done, with what was counted up to them; all of it or nothing.

        Parameters
        ----------
        chunks
            Numbers of chunks that were written. They are on the disk for good when this returns.
        tally
            Takes the place of the earlier one; for chunks that are ``rewritten``, nothing new is in it.
            No objects.

        Raises
        ------
        OutputError
            If it can't be written; what was committed before stays so.
        """
        done, rewritten = self.done.copy(), self.rewritten.copy()
        done[list(chunks)] = True
        rewritten[list(chunks)] = False
        with resumable(self.folder):
            for array in self.writer.arrays.values():
                array.sync(chunks)
            # The tally goes on counting those that are still lost; the next run finds again that they are.
            write_progress(self.folder / PROGRESS, done | rewritten, tally)
        self.done, self.rewritten, self.tally = done, rewritten, dict(tally)

    def finish(self, record: Mapping[str, Any], obs_from: Path, *, columns: bool = True) -> None:
        """Complete the AnnData, move it to ``OUT``, and remove the folder.

        It has ``obs``, ``obsm[key]`` and ``uns["genept"][key]``; no X, and no genes.

        Parameters
        ----------
        record
            Parameters and provenance, for ``uns["genept"][key]``.
        obs_from
            The ``.h5ad`` or ``.zarr`` whose cells these are; ``obs`` is copied from it in bounded memory.
        columns
            Whether all columns of ``obs`` are copied, or the names of the cells only. The coverage, where it
            was written, is there in any case.

        Raises
        ------
        InputFileError
            If ``obs_from`` can't be read, or has another number of cells.
        OutputError
            If the result can't be written, or would replace ``obs_from``; the folder stays, and this can be
            called again after :meth:`begin`.
        """
        if not self.done.all():
            raise ValueError(f"{int((~self.done).sum())} chunks aren't done")
        if Path(obs_from).resolve() == self._output:
            raise OutputError(
                f"{obs_from}, which is read, as the output",
                expected="another output, since the result has no expression values",
                do="choose another output path with -o",
            )
        # An earlier call may have been interrupted when all but the removal was done.
        if self.writer.result.exists():
            n_cells, scratch = self.writer.n_cells, self.folder / "obs.zarr"
            with (
                resumable(self.folder),
                open_obs(Path(obs_from), n_cells=n_cells, columns=columns, scratch=scratch) as obs,
            ):
                # Something else may have come there since.
                check_place(self._output)
                if self._output.suffix == ".zarr":
                    complete_zarr(self.writer, obs, record, columns=columns)
                    put_folder(self.writer.result, self._output, aside=self.folder / "replaced.zarr")
                else:
                    draft = self.folder / "result.h5ad"
                    write_h5ad(self.writer, obs, record, columns=columns, path=draft)
                    draft.replace(self._output)
                    self.writer.result.rename(self.folder / "written.zarr")
                # Before what it was made from goes.
                sync_folder(self._output.parent)
        self._remove()

    def _remove(self) -> None:
        try:
            # What says that the result is finished goes last.
            empty_folder(self.folder, but=(LOCK, JOB, PROGRESS))
            self._lock.release()
            for name in (LOCK, PROGRESS, JOB):
                (self.folder / name).unlink(missing_ok=True)
            self.folder.rmdir()
        except OSError as error:
            log.warning(
                "%s is finished, but %s can't be removed (%s)", self._output, self.folder, error.strerror
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()
        if error is not None and not (self.done | self.rewritten).any():
            # There is nothing in it that another run could go on with.
            shutil.rmtree(self.folder, ignore_errors=True)
