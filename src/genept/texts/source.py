"""The extension point for texts: what a source must do, and which are registered."""

from typing import Protocol, runtime_checkable

from genept.registry import Registry
from genept.texts.gene_texts import GeneTexts


@runtime_checkable
class TextSource(Protocol):
    """Something that knows a text for each of many genes.

    Other packages register a class or function without arguments that makes one, as an entry
    point in the group ``genept.text_sources``, and check it with
    :class:`genept.testing.TextSourceConformance`.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    def load(self) -> GeneTexts:
        """Return all texts of this source, with provenance."""
        ...


text_sources: Registry[TextSource] = Registry(
    "text source",
    group="genept.text_sources",
    builtins={"starter": "genept.texts.starter:StarterTexts"},
)


def get_texts(texts: str | TextSource | GeneTexts) -> GeneTexts:
    """Texts by the name of their source, from a source, or as they are.

    Raises
    ------
    UnknownNameError
        If no source of that name is registered.

    Examples
    --------
    >>> get_texts("starter").provenance["source"]
    'starter'
    """
    if isinstance(texts, GeneTexts):
        return texts
    source = text_sources.create(texts) if isinstance(texts, str) else texts
    return source.load()
