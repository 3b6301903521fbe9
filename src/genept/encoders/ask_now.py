"""One batch of texts to a server, without the cache."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.encoders.budget import Budget
from genept.encoders.protocol import RemoteEncoder
from genept.encoders.remote_run import RemoteRun


def ask_now(encoder: RemoteEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Ask for the vectors of one batch, and keep them nowhere but here.

    Raises
    ------
    FetchError
        If the server fails, after all attempts.
    """
    memory = _Memory()
    different = list(dict.fromkeys(texts))
    digests = [text.encode() for text in different]
    lengths = encoder.count_tokens(different)
    RemoteRun(
        encoder, different, digests, lengths, cache=memory, budget=Budget(None), done=lambda _: None
    ).run()
    if not texts:
        return np.empty((0, encoder.dimensions or 0), dtype=np.float32)
    return np.stack([memory.vectors[text.encode()] for text in texts])


class _Memory:
    """Vectors of a run that aren't kept."""

    dimensions = None

    def __init__(self) -> None:
        self.vectors: dict[bytes, NDArray[np.float32]] = {}

    def missing(self, digests: Sequence[bytes]) -> list[int]:
        return [position for position, digest in enumerate(digests) if digest not in self.vectors]

    def keep(self, digests: Sequence[bytes], vectors: NDArray[np.float32], _n_tokens: Sequence[int]) -> None:
        self.vectors |= dict(zip(digests, vectors, strict=True))
