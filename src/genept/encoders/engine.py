"""The engine: runs any text encoder over any number of texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from genept.encoders.protocol import BatchLimits, TextEncoder
from genept.errors import EncoderError, name_some


@dataclass(frozen=True, eq=False)
class EncodedTexts:
    """Vectors of texts, and what happened on the way.

    Parameters
    ----------
    vectors
        (n, d) float32, one row for each text in the order given.
    n_unique
        How many different texts were encoded.
    n_truncated
        How many of the n texts were longer than the encoder reads.
    share_read
        How much of a text was read, in tokens, 0 to 1, on average over the n texts.
    """

    vectors: NDArray[np.float32]
    n_unique: int
    n_truncated: int
    share_read: float


def embed_texts(encoder: TextEncoder, texts: Sequence[str], *, unit: str = "text") -> EncodedTexts:
    """Embed texts: each different one once, longest first, in batches, checked and put in order.

    Parameters
    ----------
    encoder
        What turns a batch of texts into vectors.
    texts
        n texts; repeats cost nothing.
    unit
        What a text stands for, on the progress bar.

    Returns
    -------
    EncodedTexts
        Vectors in the order of ``texts``.

    Raises
    ------
    EncoderError
        If the encoder gives the wrong shape, or a value that isn't finite.

    Examples
    --------
    >>> from genept.encoders import get_encoder
    >>> embed_texts(get_encoder("random"), ["a", "b", "a"]).n_unique
    2
    """
    row_of: dict[str, int] = {}
    rows = np.fromiter((row_of.setdefault(text, len(row_of)) for text in texts), np.intp, count=len(texts))
    unique = list(row_of)
    lengths = encoder.count_tokens(unique)
    limit = encoder.max_tokens
    read = lengths if limit is None else np.minimum(lengths, limit)
    vectors = np.empty((len(unique), encoder.dimensions or 0), dtype=np.float32)
    with tqdm(total=len(unique), unit=unit, desc=f"{encoder.name}", disable=None) as progress:
        for batch in _batches(read, encoder.batch_limits):
            chosen = [unique[i] for i in batch]
            vectors[batch] = _checked(encoder, chosen)
            progress.update(len(batch))
    return EncodedTexts(
        vectors=vectors[rows],
        n_unique=len(unique),
        n_truncated=int((read < lengths)[rows].sum()),
        share_read=float((read / np.maximum(lengths, 1))[rows].mean()) if len(rows) else 1.0,
    )


def _batches(lengths: NDArray[np.intp], limits: BatchLimits) -> Iterator[NDArray[np.intp]]:
    """Positions of the texts, longest first, so that a batch is padded little."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = max(1, int(lengths[order[start]]))
        size = max(1, min(limits.texts, limits.tokens // longest))
        yield order[start : start + size]
        start += size


def _checked(encoder: TextEncoder, texts: list[str]) -> NDArray[np.float32]:
    vectors = np.asarray(encoder.encode(texts))
    expected = (len(texts), encoder.dimensions)
    if vectors.shape != expected:
        raise EncoderError(
            f"the encoder {encoder.name!r} gave an array of shape {vectors.shape}",
            expected=f"{expected}: one vector for each text of the batch",
            do="report this to the authors of the encoder; nothing was written",
        )
    broken = np.asarray(~np.isfinite(vectors).all(axis=1))
    if broken.any():
        which = [text[:40] for text, bad in zip(texts, broken, strict=True) if bad]
        raise EncoderError(
            f"the encoder {encoder.name!r} gave values that aren't finite for: {name_some(which)}",
            expected="finite numbers",
            do="try these texts alone, or another encoder; nothing was written",
        )
    return vectors.astype(np.float32, copy=False)
