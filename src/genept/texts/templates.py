"""Templates: how what is known of a gene becomes the text that is embedded. They are data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from genept.errors import ArgumentError

FIELDS = ("symbol", "name", "summary", "function")
_PART = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Template:
    """A pattern with placeholders for what is known of a gene.

    Parameters
    ----------
    name
        Under which it can be asked for.
    pattern
        Text with ``{symbol}``, ``{name}`` (the full name), ``{summary}`` and ``{function}``. A part in
        square brackets is left out where a placeholder in it is empty; where one outside of brackets
        is, the gene has no text.
    title
        What it is, in a line.

    Raises
    ------
    ArgumentError
        If the pattern has another placeholder, or none.

    Examples
    --------
    >>> Template("mine", "{symbol}[: {summary}]", "").render({"symbol": "LYZ"})
    'LYZ'
    """

    name: str
    pattern: str
    title: str

    def __post_init__(self) -> None:
        used = _FIELD.findall(self.pattern)
        wrong = [field for field in used if field not in FIELDS]
        whole = "".join(match[0] for match in _PART.finditer(self.pattern)) == self.pattern
        if wrong or not used or not whole:
            raise ArgumentError(
                f"the template {self.pattern!r}",
                expected=f"placeholders of {', '.join('{' + field + '}' for field in FIELDS)}, and square "
                "brackets in pairs around what may be missing",
                do="write, for example, 'Gene Symbol {symbol}[ {summary}]', or name one of: "
                + ", ".join(TEMPLATES),
            )

    @cached_property
    def _parts(self) -> list[tuple[str, bool]]:
        """Pieces of the pattern in order, and whether each may be left out."""
        return [(m[1], True) if m[1] is not None else (m[2], False) for m in _PART.finditer(self.pattern)]

    def render(self, fields: Mapping[str, str]) -> str:
        """Write the text of one gene, or ``""`` where the pattern asks for what isn't known."""
        written = []
        for part, optional in self._parts:
            if all(fields.get(field) for field in _FIELD.findall(part)):
                written.append(_FIELD.sub(lambda match: fields[match[1]], part))
            elif not optional:
                return ""
        return "".join(written).strip()


TEMPLATES: dict[str, Template] = {}
TEMPLATES |= {
    template.name: template
    for template in (
        Template(
            "release-2",
            "Gene Symbol {symbol}[ {summary}][ Protein summary: {function}]",
            "the authors' second release, from NCBI or from NCBI and UniProt",
        ),
        Template("name", "{symbol}", "the paper's first input: the gene's name only"),
        Template("name-summary", "{symbol} {summary}", "the paper's second input: name and summary"),
        Template(
            "summary",
            "{summary}",
            "the paper's third input, the summary alone, and its fourth, one "
            "that a language model wrote (source generated)",
        ),
    )
}
DEFAULT = TEMPLATES["release-2"]
SUMMARY = TEMPLATES["summary"]
NAME = TEMPLATES["name"]


def get_template(name_or_pattern: str) -> Template:
    """Find a template by its name, or make one from a pattern.

    Raises
    ------
    ArgumentError
        If it is neither.

    Examples
    --------
    >>> get_template("name").pattern
    '{symbol}'
    """
    known = TEMPLATES.get(name_or_pattern)
    return known if known is not None else Template("of the caller", name_or_pattern, "")
