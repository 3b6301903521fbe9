"""A question to a chat model: what is sent, and what counts as an answer."""

import hashlib
import json
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Question:
    """What is asked about one subject.

    Parameters
    ----------
    subject
        What it is about, as messages to the user name it.
    messages
        What is sent: each with ``role`` and ``content``.
    understand
        Takes the words of an answer and returns what is kept of them, or ``None`` where the model says that
        it doesn't know. Raises :class:`genept.remote.chat.UnusableError` for what is no answer to this.
    """

    subject: str
    messages: list[dict[str, str]]
    understand: Callable[[str], str | None]

    @cached_property
    def sha256(self) -> str:
        """Checksum of the messages, hexadecimal: the same words, the same question."""
        return hashlib.sha256(json.dumps(self.messages, sort_keys=True).encode()).hexdigest()


def missing_answers(questions: Iterable[Question], known: Container[str]) -> list[Question]:
    """Find questions without an answer, each once though several subjects may share it.

    Parameters
    ----------
    questions
        All questions.
    known
        Checksums of the messages that have an answer.
    """
    return list({q.sha256: q for q in questions if q.sha256 not in known}.values())
