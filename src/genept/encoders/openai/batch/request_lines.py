"""What goes into a batch: lines of requests, as many as the server takes."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from genept.errors import OutputError

# What OpenAI allows in one batch.
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000


def request_line(custom_id: str, body: dict[str, Any]) -> bytes:
    r"""Write one request for the vector of one text.

    Examples
    --------
    >>> request_line("0af3", {"input": "CD3E"}).endswith(b'"body": {"input": "CD3E"}}\n')
    True
    """
    request = {"custom_id": custom_id, "method": "POST", "url": "/v1/embeddings", "body": body}
    return json.dumps(request).encode() + b"\n"


def cut_up(sizes: Sequence[int], lengths: Sequence[int], *, room: float) -> Iterator[list[int]]:
    """Go over the positions of requests, batch by batch, as long as the server has room.

    Parameters
    ----------
    sizes
        Bytes of each request.
    lengths
        Tokens of each.
    room
        Tokens that may be sent, but for the last request.

    Examples
    --------
    >>> list(cut_up([60, 60, MOST_BYTES, 60], [1, 1, 1, 1], room=3))
    [[0, 1], [2]]
    """
    batch: list[int] = []
    n_bytes = 0
    for position, (size, length) in enumerate(zip(sizes, lengths, strict=True)):
        if room <= 0:
            break
        if batch and (len(batch) == MOST_REQUESTS or n_bytes + size > MOST_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append(position)
        n_bytes += size
        room -= length
    if batch:
        yield batch


@contextmanager
def scratch_file(folder: Path) -> Iterator[BinaryIO]:
    """Open a file without a name, which is gone at the end of the block, or of the process.

    Parameters
    ----------
    folder
        A folder with room for all vectors in base64.

    Raises
    ------
    OutputError
        If there is no room, or the folder may not be written to.
    """
    try:
        with TemporaryFile(dir=folder) as file:
            yield file
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{folder}, where no file can be written ({error.strerror or error})",
            expected="a folder that you may write to, with room for what a batch sends and answers",
            do="free the space, and run again, which goes on where this run ended",
        ) from error
