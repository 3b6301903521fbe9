"""What the server computes: each text's own vector, and how many tokens a text is said to have."""

import base64
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

MODEL = "text-embedding-3-small"
WIDTH = 32


def tokens_of(text: str) -> int:
    """One token for each word, and never none."""
    return max(1, len(text.split()))


def vector_of(text: str, model: str = MODEL, width: int = WIDTH) -> Vector:
    """The vector of a text: of length one, and nothing but the text, the model and the width matters.

    A narrower vector points where the beginning of a wider one does, as OpenAI's ``dimensions`` has it.
    """
    seed = int.from_bytes(hashlib.sha256(f"{model}\0{text}".encode(errors="surrogatepass")).digest())
    drawn = np.random.default_rng(seed).standard_normal(width)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def encoded(vector: Vector, encoding: str) -> str | list[float]:
    """A vector as it stands in an answer: base64 of little-endian float32, or numbers."""
    if encoding == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    numbers: list[float] = vector.astype(np.float64).tolist()
    return numbers


def embeddings_object(items: list[dict[str, Any]], model: str, tokens: int) -> dict[str, Any]:
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": items, "model": model, "usage": usage}
