"""What comes out of a batch: lines with a vector, or with the reason why there is none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from genept.encoders.openai.reply import read_body

# Words to a wrong key may hold parts of it.
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
    """Find the server's words."""
    within = body.get("error") if isinstance(body, dict) else None
    said = next(
        (one["message"] for one in (within, error) if isinstance(one, dict) and one.get("message")), ""
    )
    words = " ".join(str(said).split())[:300].rstrip(".") if status not in _SECRETIVE else ""
    return (
        ": ".join(filter(None, (f"status {status}" if status else "", words))) or "an answer without a reason"
    )
