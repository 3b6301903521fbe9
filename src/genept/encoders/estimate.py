"""What a run would send and cost, found out without sending anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from genept.encoders.budget import cost
from genept.encoders.protocol import RemoteEncoder, TextEncoder
from genept.encoders.sent_texts import TooLong, prepare
from genept.encoders.vector_cache import open_vectors
from genept.encoders.vectors_file import vectors_path


@dataclass(frozen=True)
class Estimate:
    """What a run would send.

    Parameters
    ----------
    n_texts
        Texts that are wanted.
    n_unique
        How many different ones there are, as they are sent.
    n_truncated
        How many are longer than a server takes; a local encoder cuts by itself, and counts when it runs.
    n_cached
        How many of the different ones have a vector already.
    n_tokens
        Tokens of those that are still to be sent; ``how`` says how they were counted. 0 for a local encoder.
    usd
        What these cost; ``None`` where the price isn't known.
    price
        Where the price comes from, in words.
    how
        How tokens were counted.
    """

    n_texts: int
    n_unique: int
    n_truncated: int
    n_cached: int
    n_tokens: int
    usd: float | None
    price: str
    how: str


def estimate_texts(encoder: TextEncoder, texts: Sequence[str], *, too_long: TooLong = "cut") -> Estimate:
    """Say what :func:`genept.encoders.embed_texts` would send; nothing is sent, and no key is needed.

    Parameters
    ----------
    encoder, texts, too_long
        As for :func:`genept.encoders.embed_texts`.

    Raises
    ------
    EncoderError
        If a text is too long and ``too_long`` is ``"refuse"``.
    OutputError
        If there is a cache that can't be opened.

    Examples
    --------
    >>> from genept.encoders import get_encoder
    >>> estimate_texts(get_encoder("random"), ["a", "b", "a"]).n_unique
    2
    """
    sent = prepare(encoder, texts, too_long=too_long)
    missing = list(range(len(sent.texts)))
    # Looking makes nothing.
    if encoder.is_cached and vectors_path().exists():
        with open_vectors(encoder.fingerprint) as cache:
            missing = cache.missing(sent.digests)
    n_tokens: int = 0
    usd: float | None = 0.0
    price, how = "free: it runs on this machine", "not counted"
    if isinstance(encoder, RemoteEncoder):
        n_tokens = int(encoder.count_tokens([sent.texts[i] for i in missing]).sum())
        usd = cost(n_tokens, encoder.usd_per_million_tokens)
        price, how = encoder.price_from, encoder.describe().get("tokens", "as the encoder counts")
    return Estimate(
        n_texts=len(texts),
        n_unique=len(sent.texts),
        n_truncated=len(sent.whole_tokens),
        n_cached=len(sent.texts) - len(missing),
        n_tokens=n_tokens,
        usd=usd,
        price=price,
        how=how,
    )
