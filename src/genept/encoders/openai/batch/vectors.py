"""The vectors of a batch: its output is looked through, then what is beyond doubt goes into the cache."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from genept.encoders.openai.batch.output import Answer, answers
from genept.encoders.vector_cache import VectorCache

# Vectors that are written to the cache at once.
_AT_ONCE = 1000


@dataclass(frozen=True)
class Survey:
    """What has to be known of a whole output before anything of it is kept.

    Parameters
    ----------
    asked
        Custom ids that were sent.
    widths
        How many vectors there are of each width.
    contradicted
        Custom ids with answers that differ.
    billed
        Tokens of each answer that had to be computed; 0 where the server doesn't say.
    """

    asked: frozenset[str]
    widths: Counter[int] = field(default_factory=Counter)
    contradicted: set[str] = field(default_factory=set)
    billed: dict[str, int] = field(default_factory=dict)


@dataclass
class Collected:
    """What came of a batch.

    Parameters
    ----------
    kept
        Custom ids whose vectors are in the cache.
    reasons
        Why others got none.
    n_tokens
        Tokens that the server billed, or as estimated where it doesn't say.
    n_useless
        Lines that answer nothing that was asked.
    """

    kept: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    n_tokens: int = 0
    n_useless: int = 0


def survey(file: BinaryIO, asked: Collection[str]) -> Survey:
    """Look through the output of a batch."""
    seen: dict[str, bytes] = {}
    found = Survey(frozenset(asked))
    for answer in answers(file):
        if answer.custom_id not in found.asked:
            continue
        vector = b"" if answer.vector is None else answer.vector.tobytes()
        digest = sha256(vector).digest()
        if seen.setdefault(answer.custom_id, digest) != digest:
            found.contradicted.add(answer.custom_id)
        if answer.vector is not None:
            found.widths[len(answer.vector)] += 1
        if answer.vector is not None or answer.n_tokens:
            found.billed[answer.custom_id] = answer.n_tokens
    return found


def keep_vectors(
    file: BinaryIO,
    found: Survey,
    cache: VectorCache,
    *,
    width: int,
    lengths: Mapping[str, int],
    done: Callable[[int], object],
) -> Collected:
    """Keep the vectors of a batch, some at a time.

    Parameters
    ----------
    file
        The output.
    found
        What is known of it.
    cache
        Where vectors go.
    width
        Of the vectors.
    lengths
        Tokens of texts by their custom id, as far as they are known; for others, what the server says.
    done
        Called with the number of vectors kept.

    Raises
    ------
    OutputError
        If the disk is full; what was kept before stays.
    """
    n_tokens = sum(billed or lengths.get(one, 0) for one, billed in found.billed.items())
    collected = Collected(n_tokens=n_tokens)
    good = _good(_first(file, found, collected), found, collected, width=width)
    while some := list(islice(good, _AT_ONCE)):
        cache.keep_patiently(
            [bytes.fromhex(answer.custom_id) for answer, _ in some],
            np.stack([vector for _, vector in some]),
            [lengths.get(answer.custom_id, answer.n_tokens) for answer, _ in some],
        )
        done(len(some))
    return collected


def _first(file: BinaryIO, found: Survey, collected: Collected) -> Iterator[Answer]:
    """Go over the first answer to each question; count the lines that answer none."""
    heard: set[str] = set()
    for answer in answers(file):
        if answer.custom_id not in found.asked:
            collected.n_useless += 1
        elif answer.custom_id not in heard:
            heard.add(answer.custom_id)
            yield answer


def _good(
    first: Iterator[Answer], found: Survey, collected: Collected, *, width: int
) -> Iterator[tuple[Answer, NDArray[np.float32]]]:
    """Go over the answers that are to be kept, and say what is wrong with the others."""
    for answer in first:
        one, vector = answer.custom_id, answer.vector
        if one in found.contradicted:
            collected.reasons[one] = "two answers that differ"
        elif vector is None:
            collected.reasons[one] = answer.reason
        elif len(vector) != width:
            collected.reasons[one] = f"a vector of {len(vector)} numbers instead of {width}"
        else:
            collected.kept.add(one)
            yield answer, vector
