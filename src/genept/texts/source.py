"""The extension point for texts: what a source must do, and which are registered."""

from typing import Protocol, runtime_checkable

from genept.registry import Registry
from genept.texts.gene_texts import GeneTexts


@runtime_checkable
class TextSource(Protocol):
    """Something that knows a text for each of many genes.

    Other packages register a class or function that makes one, as an entry point in the group
    ``genept.text_sources``, and check it with :class:`genept.testing.TextSourceConformance`. Asked for as
    ``name:argument``, the factory is called with the argument, otherwise without any.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    @property
    def field(self) -> str:
        """Which placeholder of a template its texts fill: ``"summary"``, ``"function"`` or ``"name"``."""
        ...

    @property
    def template(self) -> str:
        """Name or pattern of the template for its texts alone; ``"summary"`` takes them as they are."""
        ...

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return all texts of this source for one species, by NCBI taxon id, with provenance.

        Raises
        ------
        ArgumentError
            If it has none for that species.
        """
        ...


text_sources: Registry[TextSource] = Registry(
    "text source",
    group="genept.text_sources",
    builtins={
        "generated": "genept.texts.generated.source:by_name",
        "names": "genept.texts.names:NameTexts",
        "ncbi": "genept.texts.ncbi:NCBITexts",
        "starter": "genept.texts.starter:StarterTexts",
        "table": "genept.texts.table:TableTexts",
        "uniprot": "genept.texts.uniprot:UniProtTexts",
    },
)
