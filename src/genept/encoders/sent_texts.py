"""Texts as an encoder gets them: each different one once, and none longer than a server takes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genept.encoders.protocol import RemoteEncoder, TextEncoder
from genept.errors import EncoderError, name_some

TooLong = Literal["cut", "refuse"]


@dataclass(frozen=True, eq=False)
class SentTexts:
    """The different texts among n, as they are sent.

    Parameters
    ----------
    texts
        Each different text once.
    digests
        The sha256 of each.
    rows
        (n,) for each of the n texts given, which of ``texts`` it became.
    whole_tokens
        For the texts given that were cut before they were sent, position to length, in tokens.
    """

    texts: list[str]
    digests: list[bytes]
    rows: NDArray[np.intp]
    whole_tokens: dict[int, int]


def prepare(encoder: TextEncoder, texts: Sequence[str], *, too_long: TooLong) -> SentTexts:
    """Cut what is longer than a server takes, and find repeated texts.

    A local encoder cuts by itself, and is given whole texts.

    Raises
    ------
    EncoderError
        If a text is none or, for a server, empty; or too long and ``too_long`` is ``"refuse"``.
    """
    sent = list(texts)
    _refuse_no_texts(texts, sent, may_be_empty=not isinstance(encoder, RemoteEncoder))
    whole_tokens: dict[int, int] = {}
    limit = encoder.max_tokens
    if isinstance(encoder, RemoteEncoder) and limit is not None:
        # No tokenizer makes more tokens than bytes, and most texts are far below.
        long = [position for position, text in enumerate(sent) if len(text.encode()) > limit]
        lengths = encoder.count_tokens([sent[position] for position in long]).tolist()
        whole_tokens = {
            position: length for position, length in zip(long, lengths, strict=True) if length > limit
        }
        if too_long == "refuse":
            refuse_long([sent[position] for position in whole_tokens], limit)
        for position in whole_tokens:
            sent[position] = encoder.shorten(sent[position])
    row_of: dict[str, int] = {}
    rows = np.fromiter((row_of.setdefault(text, len(row_of)) for text in sent), np.intp, count=len(sent))
    unique = list(row_of)
    return SentTexts(
        texts=unique,
        digests=[hashlib.sha256(text.encode()).digest() for text in unique],
        rows=rows,
        whole_tokens=whole_tokens,
    )


def _refuse_no_texts(given: Sequence[str], sent: list[str], *, may_be_empty: bool) -> None:
    """Raise for what no server should be asked: it would cost, or spoil the request that it shares."""
    if isinstance(given, str):
        raise EncoderError(
            "one string in place of texts", expected="a list of texts", do="put it into a list: [text]"
        )
    wrong = [repr(text)[:40] for text in sent if not isinstance(text, str) or not _is_unicode(text)]
    empty = 0 if may_be_empty else sum(not text.strip() for text in sent if isinstance(text, str))
    if wrong or empty:
        raise EncoderError(
            f"{len(wrong):,} texts that are none: {name_some(wrong, 3)}"
            if wrong
            else f"{empty:,} empty texts",
            expected="words to embed",
            do="leave these texts out",
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_long(texts: Sequence[str], limit: int) -> None:
    """Raise if there are texts that are too long.

    Raises
    ------
    EncoderError
        Naming the first few by how they begin.
    """
    if texts:
        raise EncoderError(
            f"{len(texts):,} texts of more than {limit:,} tokens: {name_some((t[:40] for t in texts), 3)}",
            expected="texts that the encoder reads to their end",
            do="have them cut (in Python: too_long='cut', on the command line: --too-long cut), or choose "
            "another encoder",
        )
