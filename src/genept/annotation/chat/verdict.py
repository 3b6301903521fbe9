"""What a model says of a cluster: read strictly, or refused with a reason."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from genept.annotation.chat.prompt import CONFIDENCES, UNKNOWN
from genept.remote.chat import UnusableError
from genept.texts.clean import one_line

_FENCED = re.compile(r"\s*```(?:json)?\s*(?P<inside>.*?)\s*```\s*", re.DOTALL | re.IGNORECASE)
_IS_UNKNOWN = re.compile(rf"(?:{UNKNOWN}|unassigned|undetermined)(?: cell(?: type)?)?\.?", re.IGNORECASE)
_IS_ID = re.compile(r"CL:\d{7}")
# Longer ones are remarks.
_LONGEST_NAME = 100
_MUST, _MAY = {"cell_type", "confidence", "markers", "reason"}, {"cell_ontology_id"}


@dataclass(frozen=True)
class Verdict:
    """What a model says of a cluster.

    Parameters
    ----------
    cell_type
        The name; ``None`` where the model says that the markers show none.
    cell_ontology_id
        As the model says it, which has been looked up nowhere; empty where it says none.
    confidence
        ``"low"``, ``"medium"`` or ``"high"``: the model's own word, calibrated by nothing.
    markers
        Those of the given markers on which it relied.
    not_given
        Genes on which it says it relied though they weren't given: a sign of a made-up reason.
    reason
        One sentence.
    """

    cell_type: str | None
    cell_ontology_id: str
    confidence: str
    markers: tuple[str, ...]
    not_given: tuple[str, ...]
    reason: str


def read_verdict(words: str, markers: Sequence[str]) -> Verdict:
    """Read the words of an answer.

    Parameters
    ----------
    words
        One JSON object, perhaps in a code fence.
    markers
        The genes that were given.

    Raises
    ------
    UnusableError
        If they are anything else, or rely on none of the markers.

    Examples
    --------
    >>> said = '{"cell_type": "B cell", "confidence": "high", "markers": ["MS4A1"], "reason": "It is CD20."}'
    >>> read_verdict(said, ["CD79A", "MS4A1"]).cell_type
    'B cell'
    """
    said = _object_in(words)
    cell_type = _words_at(said, "cell_type")
    if len(cell_type) > _LONGEST_NAME or not any(c.isalpha() for c in cell_type):
        raise UnusableError(f"a cell_type that is no name: {cell_type[:_LONGEST_NAME]!r}")
    confidence = _words_at(said, "confidence").lower()
    if confidence not in CONFIDENCES:
        raise UnusableError(f"a confidence that isn't {', '.join(CONFIDENCES)}: {confidence[:40]!r}")
    unknown = _IS_UNKNOWN.fullmatch(cell_type) is not None
    relied_on, not_given = _told_apart(said["markers"], markers)
    if not relied_on and not unknown:
        raise UnusableError("the answer relies on none of the markers that were given")
    return Verdict(
        cell_type=None if unknown else cell_type,
        cell_ontology_id=_ontology_id(said.get("cell_ontology_id")),
        confidence=confidence,
        markers=relied_on,
        not_given=not_given,
        reason=_words_at(said, "reason"),
    )


def _object_in(words: str) -> dict[str, Any]:
    fenced = _FENCED.fullmatch(words)
    try:
        said = json.loads(
            fenced["inside"] if fenced else words, object_pairs_hook=_each_once, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise UnusableError("the answer is no JSON") from None
    if not isinstance(said, dict):
        raise UnusableError("the answer is no JSON object")
    missing, strange = sorted(_MUST - said.keys()), sorted(said.keys() - _MUST - _MAY)
    if missing:
        raise UnusableError(f"the answer has no {', '.join(missing)}")
    if strange:
        raise UnusableError(f"the answer has keys that weren't asked for: {', '.join(strange)[:100]}")
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise UnusableError("the answer has a key twice")
    return dict(pairs)


def _refuse(_constant: str) -> NoReturn:
    raise UnusableError("the answer has a number that JSON doesn't know")


def _words_at(said: dict[str, Any], key: str) -> str:
    text = one_line(said[key]) if isinstance(said[key], str) else ""
    if not text:
        raise UnusableError(f"the answer has no words as its {key}")
    return text


def _ontology_id(said: object) -> str:
    if said is None or said == "":
        return ""
    if not isinstance(said, str) or not _IS_ID.fullmatch(said.strip()):
        raise UnusableError(f"a cell_ontology_id that is none: {str(said)[:40]!r}")
    return said.strip()


def _told_apart(said: object, given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell markers that were given, spelled as given, from those that weren't."""
    if not isinstance(said, list) or not all(isinstance(gene, str) for gene in said):
        raise UnusableError("the answer's markers are no list of genes")
    spelled = {gene.casefold(): gene for gene in given}
    named = list(dict.fromkeys(one_line(gene) for gene in said))
    return (
        tuple(dict.fromkeys(spelled[gene.casefold()] for gene in named if gene.casefold() in spelled)),
        tuple(gene for gene in named if gene and gene.casefold() not in spelled),
    )
