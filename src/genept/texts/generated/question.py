"""Questions about genes: which, and which of them have an answer."""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass

from genept.genes import GeneTable
from genept.texts.generated.prompt import messages_for


@dataclass(frozen=True)
class Question:
    """What is asked about one gene.

    Parameters
    ----------
    symbol
        The gene.
    messages
        What is sent.
    sha256
        Checksum of the messages, hexadecimal: the same words, the same question.
    """

    symbol: str
    messages: list[dict[str, str]]
    sha256: str


def questions_about(genes: GeneTable) -> list[Question]:
    """Write one question for each gene, in order.

    Examples
    --------
    >>> first, second = questions_about(GeneTable(("LYZ", "CD3E")))
    >>> first.sha256 == second.sha256
    False
    """
    pairs = zip(genes.symbols, genes.full_names, strict=True)
    asked = [(symbol, messages_for(symbol, full_name)) for symbol, full_name in pairs]
    return [Question(symbol, messages, _sha256(messages)) for symbol, messages in asked]


def missing_answers(questions: list[Question], known: Container[str]) -> list[Question]:
    """Find questions without an answer, each once though several genes may share it.

    Parameters
    ----------
    questions
        All questions.
    known
        Checksums of the messages that have an answer.
    """
    return list({q.sha256: q for q in questions if q.sha256 not in known}.values())


def _sha256(messages: list[dict[str, str]]) -> str:
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()
