"""What an embeddings server answered: a vector for each text by its index, or why there is none."""

import base64
import binascii
import json
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.encoders.protocol import Reply


def read_reply(content: bytes, n_texts: int) -> Reply:
    """Read the answer to one request.

    Parameters
    ----------
    content
        The body of the answer.
    n_texts
        How many texts were sent.

    Returns
    -------
    Reply
        Vectors in the order of the texts; ``None`` where there is none that can be used, or two that claim to
        be that of one text.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return _useless(n_texts, "an answer that is no JSON, or only part of it")
    return read_body(body, n_texts)


def read_body(body: object, n_texts: int) -> Reply:
    """Read what the JSON of an answer says, as :func:`read_reply` does."""
    if not isinstance(body, dict) or not isinstance(body.get("data"), list):
        return _useless(n_texts, "an answer without embeddings")
    items, n_tokens = body["data"], _billed(body)
    if not all(isinstance(item, dict) for item in items):
        return _useless(n_texts, "an answer without embeddings", n_tokens)
    indexes = [item.get("index") for item in items]
    if all(index is None for index in indexes) and len(items) == n_texts:
        # Some servers leave the index out and answer in order.
        indexes = list(range(n_texts))
    known = [i if type(i) is int and 0 <= i < n_texts else -1 for i in indexes]
    times = Counter(known)
    vectors: list[NDArray[np.float32] | None] = [None] * n_texts
    for index, item in zip(known, items, strict=True):
        if index >= 0 and times[index] == 1:
            vectors[index] = _vector(item.get("embedding"))
    lacking = sum(vector is None for vector in vectors)
    return Reply(vectors, n_tokens, f"an answer that lacks {lacking} of {n_texts} vectors" if lacking else "")


def _vector(embedding: object) -> NDArray[np.float32] | None:
    """Read a list of numbers, or little-endian float32 in base64; ``None`` where it is neither."""
    try:
        if isinstance(embedding, str):
            vector = np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
        elif isinstance(embedding, list):
            vector = np.array(embedding, dtype=np.float32)
        else:
            return None
    except (binascii.Error, ValueError, TypeError, OverflowError):
        return None
    return vector if vector.ndim == 1 and len(vector) and np.isfinite(vector).all() else None


def _useless(n_texts: int, flaw: str, n_tokens: int | None = None) -> Reply:
    return Reply([None] * n_texts, n_tokens, flaw)


def _billed(body: dict[str, Any]) -> int | None:
    usage = body.get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) and 0 < tokens < 2**31 else None
