"""Chunks on a Dask cluster: processes of this machine, or a scheduler that runs elsewhere."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from genept.errors import ArgumentError, FetchError, GeneptError, MissingDependencyError
from genept.stream.chunk_job import ChunkJob
from genept.stream.pipeline import Note
from genept.stream.totals import Totals

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

LOCAL = "local"


def run_on_dask(job: ChunkJob, chunks: Sequence[int], note: Note, *, where: str, memory: int) -> None:
    """Do the chunks on the workers of a cluster, each written by the worker that computed it.

    The job, with the gene vectors, is sent to each worker once, also to one that joins later. A chunk whose
    worker dies is done by another.

    Parameters
    ----------
    job
        What is done with each. Its files must have the same paths on every worker.
    chunks
        Their numbers.
    note
        Called for each chunk once it is written, in any order, from this thread.
    where
        ``"local"`` for processes of this machine, or a scheduler's address such as ``tcp://host:8786``.
    memory
        Bytes that each worker may take: of this machine's, as many are started as fit into its memory.

    Raises
    ------
    MissingDependencyError
        If Dask isn't installed.
    FetchError
        If the scheduler can't be reached, or chunks were lost with several workers in turn.
    GeneptError
        As the job or ``note``; what was noted stays.
    """
    from distributed import CancelledError, KilledWorker, as_completed
    from distributed.comm import CommClosedError
    from distributed.diagnostics.plugin import WorkerPlugin

    class Bring(WorkerPlugin):  # type: ignore[misc]
        """What every worker is given when it starts, or joins."""

        def __init__(self, job: ChunkJob) -> None:
            self.job = job

    with _client(where, memory) as client:
        name = f"genept-{uuid4().hex}"
        numbers: dict[Future, int] = {}
        try:
            client.register_plugin(Bring(job), name=name)
            numbers.update(zip(client.map(_do, chunks, plugin=name, pure=False), chunks, strict=True))
            # A worker holds a result as long as anything here holds its future: none is kept beyond its turn.
            for future in as_completed(list(numbers)):
                note(numbers.pop(future), future.result())
        except KilledWorker as error:
            raise FetchError(
                f"a chunk whose workers died, one after another ({_first_line(error)})",
                expected="workers that live until a chunk is done; most often they lack memory",
                do="give the workers more memory and run again with --resume (in Python: resume=True)",
            ) from error
        except (CommClosedError, CancelledError) as error:
            raise FetchError(
                f"the Dask scheduler at {where} is lost ({_first_line(error)})",
                expected="a scheduler that runs until all chunks are done",
                do="start one and run again with --resume (in Python: resume=True)",
            ) from error
        except GeneptError:
            raise
        except Exception as error:
            # Whatever a worker lacks comes back as it is: a package, memory, our version.
            raise FetchError(
                f"a worker of the cluster at {where} failed ({type(error).__name__}: {_first_line(error)})",
                expected="workers with the same versions of genept and its libraries, and enough memory",
                do="look at the workers' logs, and run again with --resume (in Python: resume=True)",
            ) from error
        finally:
            # A scheduler that is gone has nothing to tidy up.
            with suppress(OSError, CancelledError):
                client.cancel(list(numbers))
                client.unregister_worker_plugin(name)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _do(chunk: int, *, plugin: str) -> Totals:
    from distributed import get_worker

    job: ChunkJob = get_worker().plugins[plugin].job
    return job(chunk)


@contextmanager
def _client(where: str, memory: int) -> Iterator["Client"]:
    try:
        from dask.system import CPU_COUNT
        from distributed import Client, LocalCluster
        from distributed.system import MEMORY_LIMIT
    except ImportError as error:
        raise MissingDependencyError(
            "a run on Dask, which isn't installed",
            expected="dask and distributed",
            do="pip install 'genept[dask]'",
        ) from error
    if where != LOCAL and "://" not in where:
        raise ArgumentError(
            f"dask={where!r}",
            expected="'local', or a scheduler's address such as tcp://host:8786",
            do="name one of them",
        )
    if where == LOCAL:
        with (
            LocalCluster(
                n_workers=max(1, min(CPU_COUNT, MEMORY_LIMIT // memory)),
                threads_per_worker=1,
                # Workers are paused at 80 % of it.
                memory_limit=memory * 5 // 4,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(where, timeout="30s")
    except (OSError, ValueError) as error:
        raise FetchError(
            f"no Dask scheduler at {where} ({error})",
            expected="a scheduler that runs there",
            do="start one (dask scheduler), or check the address",
        ) from error
    with client:
        yield client
