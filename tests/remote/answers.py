"""What a request for embeddings asks for, what a provider refuses, and the answer, spoilt or not."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.remote.faults import UNBILLED, error_object, spoil
from tests.remote.vectors import embeddings_object, encoded, tokens_of, vector_of
from tests.remote.wire import Reply, as_json

MOST_INPUTS = 2048
MOST_TOKENS = 8192
MOST_TOKENS_IN_REQUEST = 300_000


@dataclass(frozen=True)
class Wanted:
    """A request for embeddings; ``refused`` says what is wrong with it, if anything is."""

    texts: tuple[str, ...]
    model: str
    width: int
    encoding: str
    body: dict[str, Any]
    refused: str = ""

    @property
    def tokens(self) -> int:
        return sum(map(tokens_of, self.texts))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(sorted(self.body))

    @property
    def options(self) -> dict[str, Any]:
        return {key: value for key, value in self.body.items() if key != "input"}


def wanted_from(body: Any, width: int) -> Wanted:
    """Read the body of a request; ``width`` is that of vectors unless it names another one."""
    body = body if isinstance(body, dict) else {}
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    words = tuple(text for text in texts if isinstance(text, str))
    refused = _refused(body, words) if len(words) == len(texts) else "only texts are embedded here"
    model, encoding = str(body.get("model", "")), str(body.get("encoding_format", "float"))
    dimensions = body.get("dimensions")
    return Wanted(words, model, dimensions if isinstance(dimensions, int) else width, encoding, body, refused)


def wanted_from_bytes(raw: bytes, width: int) -> Wanted:
    try:
        return wanted_from(json.loads(raw), width)
    except ValueError:
        return wanted_from(None, width)


def _refused(body: dict[str, Any], texts: tuple[str, ...]) -> str:
    tokens = [tokens_of(text) for text in texts]
    if not body.get("model"):
        return "you must provide a model parameter"
    if not texts or not all(texts):
        return "'$.input' is invalid: it must hold at least one text, and no empty one"
    if len(texts) > MOST_INPUTS:
        return f"'$.input' is invalid: at most {MOST_INPUTS} texts, but found {len(texts)}"
    if max(tokens) > MOST_TOKENS:
        return f"this model's maximum context length is {MOST_TOKENS} tokens, but found {max(tokens)}"
    if sum(tokens) > MOST_TOKENS_IN_REQUEST:
        return f"at most {MOST_TOKENS_IN_REQUEST} tokens in a request, but found {sum(tokens)}"
    if body.get("encoding_format", "float") not in ("float", "base64"):
        return "encoding_format is 'float' or 'base64'"
    return "" if int(body.get("dimensions") or 1) > 0 else "dimensions must be positive"


def refusal(wanted: Wanted) -> Reply:
    return as_json(400, error_object(wanted.refused, None, "input"))


def answer_object(wanted: Wanted, kind: str, chance: Random) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The answer to a request with a fault in it, and the texts that have got a good vector by it."""
    vectors = [vector_of(text, wanted.model, wanted.width) for text in wanted.texts]
    spoilt, good = spoil(kind, vectors, chance)
    items: list[dict[str, Any]] = [
        {"object": "embedding"}
        | ({} if index is None else {"index": index})
        | {"embedding": encoded(vector, wanted.encoding)}
        for index, vector in spoilt
    ]
    body = embeddings_object(items, wanted.model, 0 if kind in UNBILLED else wanted.tokens)
    return body, tuple(wanted.texts[position] for position in sorted(good))
