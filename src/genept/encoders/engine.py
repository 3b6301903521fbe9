"""The engine: runs any text encoder over any number of texts, and asks for nothing twice."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from genept.encoders.batches import batches, checked
from genept.encoders.budget import Budget
from genept.encoders.protocol import RemoteEncoder, TextEncoder
from genept.encoders.remote_run import RemoteRun
from genept.encoders.sent_texts import SentTexts, TooLong, prepare, refuse_long
from genept.encoders.vector_cache import VectorCache, open_vectors
from genept.errors import ArgumentError, EncoderError

log = logging.getLogger(__name__)

# Vectors that turn out to be damaged are made again, and once more if that is so of the new ones.
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class EncodedTexts:
    """Vectors of texts, and what happened on the way.

    Parameters
    ----------
    vectors
        (n, d) float32, one row for each text in the order given.
    n_unique
        How many different texts there were.
    n_cached
        How many of these had a vector in the cache.
    n_truncated
        How many of the n texts were longer than the encoder reads.
    share_read
        How much of a text was read, in tokens, 0 to 1, on average over the n texts.
    n_tokens
        Tokens that a server was sent, as it counted them, or as estimated where it doesn't say; 0 for a local
        encoder.
    usd
        What these cost; ``None`` where the price isn't known.
    """

    vectors: NDArray[np.float32]
    n_unique: int
    n_cached: int
    n_truncated: int
    share_read: float
    n_tokens: int = 0
    usd: float | None = 0.0


def embed_texts(
    encoder: TextEncoder,
    texts: Sequence[str],
    *,
    unit: str = "text",
    too_long: TooLong = "cut",
    max_cost: float | Budget | None = None,
) -> EncodedTexts:
    """Embed texts: each different one once, and only those without a vector in the cache.

    Each batch is checked and kept in the cache (``vectors.sqlite`` in ``GENEPT_CACHE``) as soon as it is
    there: a run that is broken off goes on where it was.

    Parameters
    ----------
    encoder
        What turns a batch of texts into vectors.
    texts
        n texts; repeats cost nothing.
    unit
        What a text stands for, on the progress bar.
    too_long
        What becomes of texts that are longer than the encoder reads: ``"cut"``, the default, takes their
        beginning and counts them; ``"refuse"`` raises before anything is sent.
    max_cost
        US dollars that the run may cost at most; no limit by default. A budget is shared by all the calls
        that it is given to.

    Returns
    -------
    EncodedTexts
        Vectors in the order of ``texts``.

    Raises
    ------
    EncoderError
        If the encoder gives the wrong shape or a value that isn't finite, or a text is too long.
    CostError
        If the next request would pass ``max_cost``; what was paid for is kept.
    FetchError
        If a server fails; what was paid for is kept.
    OutputError
        If the cache can't be used.
    ArgumentError
        If there is a ``max_cost``, but no price.

    Examples
    --------
    >>> from genept.encoders import get_encoder
    >>> embed_texts(get_encoder("random"), ["a", "b", "a"]).n_unique
    2
    """
    if isinstance(max_cost, float | int) and not isinstance(encoder, RemoteEncoder):
        raise ArgumentError(
            f"a highest cost, with the encoder {encoder.name!r}, which costs nothing",
            expected="an encoder on a server",
            do="leave it out",
        )
    budget = max_cost if isinstance(max_cost, Budget) else Budget.of(encoder, max_cost)
    sent = prepare(encoder, texts, too_long=too_long)
    # What was paid for is kept, whatever the encoder says.
    if not encoder.is_cached and not isinstance(encoder, RemoteEncoder):
        lengths = encoder.count_tokens(sent.texts)
        vectors = _encode(encoder, sent, lengths, unit=unit, too_long=too_long)
        return _report(encoder, sent, vectors, lengths, n_cached=0, budget=budget)
    with open_vectors(encoder.fingerprint) as cache:
        missing = cache.missing(sent.digests)
        n_cached = len(sent.texts) - len(missing)
        for _ in range(_ROUNDS):
            if missing:
                _fill(encoder, sent, missing, cache, unit=unit, too_long=too_long, budget=budget)
            vectors = np.empty((len(sent.texts), cache.dimensions or encoder.dimensions or 0), np.float32)
            lengths = np.zeros(len(sent.texts), dtype=np.intp)
            missing = cache.read(sent.digests, vectors, lengths)
            if not missing:
                return _report(encoder, sent, vectors, lengths, n_cached=n_cached, budget=budget)
    raise EncoderError(
        "vectors that come back from the cache damaged again and again",
        expected="a disk that keeps what is written to it",
        do="set GENEPT_CACHE to a folder on another disk",
    )


def _fill(
    encoder: TextEncoder,
    sent: SentTexts,
    missing: Sequence[int],
    cache: VectorCache,
    *,
    unit: str,
    too_long: TooLong,
    budget: Budget,
) -> None:
    """Embed those texts that have no vector in the cache, and keep theirs."""
    texts = [sent.texts[position] for position in missing]
    digests = [sent.digests[position] for position in missing]
    lengths = encoder.count_tokens(texts)
    with _progress(encoder, len(sent.texts), done=len(sent.texts) - len(missing), unit=unit) as bar:
        if isinstance(encoder, RemoteEncoder):
            RemoteRun(encoder, texts, digests, lengths, cache=cache, budget=budget, done=bar.update).run()
            return
        for batch, vectors in _encoded(encoder, texts, lengths, too_long=too_long):
            cache.keep_patiently([digests[i] for i in batch], vectors, lengths[batch].tolist())
            bar.update(len(batch))


def _encode(
    encoder: TextEncoder, sent: SentTexts, lengths: NDArray[np.intp], *, unit: str, too_long: TooLong
) -> NDArray[np.float32]:
    vectors: NDArray[np.float32] | None = None
    with _progress(encoder, len(sent.texts), done=0, unit=unit) as bar:
        for batch, some in _encoded(encoder, sent.texts, lengths, too_long=too_long):
            if vectors is None:
                vectors = np.empty((len(sent.texts), some.shape[1]), dtype=np.float32)
            vectors[batch] = some
            bar.update(len(batch))
    return np.empty((0, encoder.dimensions or 0), dtype=np.float32) if vectors is None else vectors


def _encoded(
    encoder: TextEncoder, texts: Sequence[str], lengths: NDArray[np.intp], *, too_long: TooLong
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Encode texts on this machine, batch by batch."""
    limit = encoder.max_tokens
    if limit is not None and too_long == "refuse":
        refuse_long([text for text, length in zip(texts, lengths, strict=True) if length > limit], limit)
    read = lengths if limit is None else np.minimum(lengths, limit)
    for batch in batches(read, encoder.batch_limits):
        chosen = [texts[i] for i in batch]
        yield batch, checked(encoder.encode(chosen), chosen, dimensions=encoder.dimensions, name=encoder.name)


@contextmanager
def _progress(encoder: TextEncoder, total: int, *, done: int, unit: str) -> "Iterator[tqdm[NoReturn]]":
    with tqdm(total=total, initial=done, unit=unit, desc=encoder.name, disable=None) as bar:
        yield bar


def _report(
    encoder: TextEncoder,
    sent: SentTexts,
    vectors: NDArray[np.float32],
    lengths: NDArray[np.intp],
    *,
    n_cached: int,
    budget: Budget,
) -> EncodedTexts:
    if isinstance(encoder, RemoteEncoder):
        price = "price not known" if budget.usd is None else f"{budget.usd:.6f} USD"
        log.info(
            "%s: %s of %s texts were in the cache; %s tokens sent (%s)",
            encoder.name,
            f"{n_cached:,}",
            f"{len(sent.texts):,}",
            f"{budget.n_tokens:,}",
            price,
        )
    limit = encoder.max_tokens
    whole = lengths[sent.rows]
    read = whole if limit is None else np.minimum(whole, limit)
    for position, length in sent.whole_tokens.items():
        whole[position] = max(length, read[position] + 1)
    return EncodedTexts(
        # Without repeats they are in order already, and a copy would double the memory.
        vectors=vectors if len(sent.texts) == len(sent.rows) else vectors[sent.rows],
        n_unique=len(sent.texts),
        n_cached=n_cached,
        n_truncated=int((read < whole).sum()),
        share_read=float((read / np.maximum(whole, 1)).mean()) if len(whole) else 1.0,
        n_tokens=budget.n_tokens,
        usd=budget.usd,
    )
