"""Read the terms of an ontology in OBO, as far as cell types need them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from genept.errors import InputFileError

_EXPECTED = "an ontology in OBO 1.2 or 1.4, such as cl-basic.obo of the Cell Ontology"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_ESCAPED = re.compile(r"\\(.)")
# Of escaped characters, those that don't stand for themselves.
_ESCAPES = {"n": " ", "t": " ", "W": " "}


@dataclass
class Term:
    """A term of an ontology.

    Parameters
    ----------
    id, name, definition
        As the file has them; empty where it says nothing.
    synonyms
        Those that the file calls exact.
    parents
        Ids of the terms that it is a kind of: ``is_a``, and the genus where it is defined by
        genus and difference (``intersection_of``). A term may stand twice.
    is_obsolete
        Whether it is kept only so that its id isn't used again.
    """

    id: str = ""
    name: str = ""
    definition: str = ""
    synonyms: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    is_obsolete: bool = False


def read_obo(path: str | Path) -> tuple[str, list[Term]]:
    """Read an OBO file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        Its ``data-version``; empty where it says none.
    list of Term
        All terms, in the order of the file, obsolete ones too.

    Raises
    ------
    InputFileError
        If the file can't be read, is no OBO, or holds no term.

    References
    ----------
    The OBO flat file format, version 1.4, of the OBO Foundry.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{path} can't be read ({error})", expected=_EXPECTED, do="check the path and the format"
        ) from error
    stanzas = list(_stanzas(lines))
    header = dict(stanzas[0][1])
    terms = [_term(tags) for kind, tags in stanzas if kind == "Term"]
    if "format-version" not in header or not terms:
        raise InputFileError(
            f"{path}, which {'has no term' if 'format-version' in header else 'is no OBO file'}",
            expected=_EXPECTED,
            do="get the .obo of the ontology (not .owl or .json)",
        )
    return header.get("data-version", ""), terms


def _stanzas(lines: list[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give the kind and the tags of each stanza; the first, of no kind, is the header."""
    kind, tags = "", list[tuple[str, str]]()
    for line in lines:
        if line.startswith("[") and line.rstrip().endswith("]"):
            yield kind, tags
            kind, tags = line.strip()[1:-1], []
            continue
        tag, colon, value = line.partition(":")
        if colon:
            tags.append((tag.strip(), value.strip()))
    yield kind, tags


def _term(tags: list[tuple[str, str]]) -> Term:
    term = Term()
    for tag, value in tags:
        if tag == "id":
            term.id = _bare(value)
        elif tag == "name":
            term.name = _plain(_bare(value))
        elif tag == "def" and (quoted := _QUOTED.match(value)):
            term.definition = _plain(quoted[1])
        elif tag == "synonym" and (quoted := _QUOTED.match(value)) and quoted[2] == "EXACT":
            term.synonyms.append(_plain(quoted[1]))
        elif tag == "is_a" or (tag == "intersection_of" and " " not in _bare(value)):
            # What is defined as a kind of something with a difference is a kind of it; base files say it only
            # so.
            term.parents.append(_bare(value))
        elif tag == "is_obsolete":
            term.is_obsolete = _bare(value) == "true"
    return term


def _bare(value: str) -> str:
    """Drop what follows a value: modifiers in braces, and a comment for people."""
    return re.split(r"\s+[{!]", value, maxsplit=1)[0].strip()


def _plain(text: str) -> str:
    return " ".join(_ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text).split())
