"""What comes out of a batch: lines with a vector, or with the reason why there is none."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from genept.encoders.openai.reply import read_body
from genept.encoders.vector_cache import VectorCache

# Vectors that are written to the cache at once.
_AT_ONCE = 1000
_SECRETIVE = (401, 403)


@dataclass(frozen=True, eq=False)
class Answer:
    """A line of a batch's output, or of its errors.

    Parameters
    ----------
    custom_id
        Whose answer it is; empty where the line can't be read.
    vector
        The vector; ``None`` where there is none that can be used.
    n_tokens
        Tokens that the server bills; 0 where it doesn't say.
    reason
        Why there is no vector.
    """

    custom_id: str
    vector: NDArray[np.float32] | None = None
    n_tokens: int = 0
    reason: str = ""


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
        Tokens that the server billed.
    n_useless
        Lines that answer nothing that was asked.
    """

    kept: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    n_tokens: int = 0
    n_useless: int = 0


def answers(file: BinaryIO) -> Iterator[Answer]:
    """Go over the lines of a file, from its beginning."""
    file.seek(0)
    return map(_answer, file)


def _answer(line: bytes) -> Answer:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("custom_id"), str):
        return Answer("")
    response = said["response"] if isinstance(said.get("response"), dict) else {}
    status, body = response.get("status_code"), response.get("body")
    if status != 200:
        return Answer(said["custom_id"], reason=_reason(status, body, said.get("error")))
    reply = read_body(body, 1)
    return Answer(said["custom_id"], reply.vectors[0], reply.n_tokens or 0, reply.flaw)


def _reason(status: object, body: object, error: object) -> str:
    """Find the server's words; those to a wrong key may hold parts of it."""
    within = body.get("error") if isinstance(body, dict) else None
    said = next(
        (one["message"] for one in (within, error) if isinstance(one, dict) and one.get("message")), ""
    )
    words = " ".join(str(said).split())[:300].rstrip(".") if status not in _SECRETIVE else ""
    return (
        ": ".join(filter(None, (f"status {status}" if status else "", words))) or "an answer without a reason"
    )


@dataclass(frozen=True)
class Survey:
    """What has to be known of a whole output before anything of it is kept.

    Parameters
    ----------
    widths
        How many vectors there are of each width.
    contradicted
        Custom ids with answers that differ.
    """

    widths: Counter[int]
    contradicted: set[str]


def survey(file: BinaryIO, asked: Collection[str]) -> Survey:
    """Look through the output of a batch."""
    seen: dict[str, bytes] = {}
    found = Survey(Counter(), set())
    for answer in answers(file):
        if answer.custom_id not in asked:
            continue
        vector = b"" if answer.vector is None else answer.vector.tobytes()
        digest = sha256(vector).digest()
        if seen.setdefault(answer.custom_id, digest) != digest:
            found.contradicted.add(answer.custom_id)
        if answer.vector is not None:
            found.widths[len(answer.vector)] += 1
    return found


def keep_vectors(
    file: BinaryIO,
    asked: Collection[str],
    *,
    width: int,
    contradicted: Collection[str],
    cache: VectorCache,
    lengths: Mapping[str, int],
    done: Callable[[int], object],
) -> Collected:
    """Keep the vectors of a batch, some at a time.

    Parameters
    ----------
    file
        The output.
    asked
        Custom ids that were sent.
    width
        Of the vectors.
    contradicted
        Those of which the output says different things.
    cache
        Where vectors go.
    lengths
        Tokens of texts by their custom id, as far as they are known.
    done
        Called with the number of vectors kept.

    Raises
    ------
    OutputError
        If the disk is full; what was kept before stays.
    """
    collected = Collected()
    good = _good(file, asked, width, contradicted, lengths, collected)
    while some := list(islice(good, _AT_ONCE)):
        cache.keep(
            [bytes.fromhex(answer.custom_id) for answer, _ in some],
            np.stack([vector for _, vector in some]),
            [lengths.get(answer.custom_id, answer.n_tokens) for answer, _ in some],
        )
        done(len(some))
    return collected


def _good(
    file: BinaryIO,
    asked: Collection[str],
    width: int,
    contradicted: Collection[str],
    lengths: Mapping[str, int],
    collected: Collected,
) -> Iterator[tuple[Answer, NDArray[np.float32]]]:
    """Go over the answers that are to be kept, and count the others."""
    heard: set[str] = set()
    for answer in answers(file):
        one, vector = answer.custom_id, answer.vector
        if one not in asked:
            collected.n_useless += 1
            continue
        again = one in heard
        heard.add(one)
        collected.n_tokens += 0 if again else answer.n_tokens or lengths.get(one, 0)
        if one in contradicted:
            collected.reasons[one] = "two answers that differ"
        elif vector is None:
            collected.reasons[one] = answer.reason
        elif len(vector) != width:
            collected.reasons[one] = f"a vector of {len(vector)} numbers instead of {width}"
        elif not again:
            collected.kept.add(one)
            yield answer, vector
