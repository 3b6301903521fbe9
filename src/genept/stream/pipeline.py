"""Chunks one after the other: one is read and one is written while one is computed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from genept.stream.chunk_job import ChunkJob, EmbeddedChunk
from genept.stream.totals import Totals

Note = Callable[[int, Totals], None]


def run_here(job: ChunkJob, chunks: Sequence[int], note: Note) -> None:
    """Do the chunks in order.

    Parameters
    ----------
    job
        What is done with each.
    chunks
        Their numbers.
    note
        Called for each chunk once it is written, in order, from one thread.

    Raises
    ------
    GeneptError
        As the job or ``note``; what was noted stays.
    """

    def keep(chunk: EmbeddedChunk) -> None:
        job.write(chunk)
        note(chunk.number, chunk.totals)

    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        reading = reader.submit(job.read, chunks[0]) if chunks else None
        for following in [*chunks[1:], None]:
            if reading is None:
                break
            read = reading.result()
            reading = None if following is None else reader.submit(job.read, following)
            embedded = job.embed(read)
            if writing is not None:
                writing.result()
            writing = writer.submit(keep, embedded)
        if writing is not None:
            writing.result()
