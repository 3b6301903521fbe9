"""Batches of texts, and the check of what an encoder makes of one."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genept.encoders.protocol import BatchLimits
from genept.errors import EncoderError, name_some


def batches(lengths: NDArray[np.intp], limits: BatchLimits) -> Iterator[NDArray[np.intp]]:
    """Go over the positions of texts, longest first, so that a batch is padded little.

    Parameters
    ----------
    lengths
        (n,) tokens of each text that are read.
    limits
        What a batch may hold; a text that is longer than that stands alone.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = max(1, int(lengths[order[start]]))
        size = max(1, min(limits.texts, limits.tokens // longest))
        yield order[start : start + size]
        start += size


def checked(
    vectors: ArrayLike, texts: Sequence[str], *, dimensions: int | None, name: str
) -> NDArray[np.float32]:
    """Give back the vectors of a batch as float32, if they can be that.

    Raises
    ------
    EncoderError
        If the shape is wrong, or a value isn't finite.
    """
    # What float32 can't hold becomes infinite, and is refused below.
    with np.errstate(over="ignore"):
        vectors = np.asarray(vectors, dtype=np.float32)
    width = vectors.shape[-1] if dimensions is None and vectors.ndim else dimensions
    expected = (len(texts), width)
    if vectors.shape != expected:
        raise EncoderError(
            f"the encoder {name!r} gave an array of shape {vectors.shape}",
            expected=f"{expected}: one vector for each text of the batch",
            do="report this to the authors of the encoder; nothing of it was kept",
        )
    broken = np.asarray(~np.isfinite(vectors).all(axis=1))
    if broken.any():
        which = [text[:40] for text, bad in zip(texts, broken, strict=True) if bad]
        raise EncoderError(
            f"the encoder {name!r} gave values that aren't finite for: {name_some(which)}",
            expected="finite numbers",
            do="try these texts alone, or another encoder; nothing of it was kept",
        )
    return vectors
