"""GeneTexts: one text per gene, with its provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genept.errors import EmbeddingsError, name_some
from genept.genes import GeneTable, refuse_repeated_symbols


@dataclass(frozen=True)
class GeneTexts:
    """What is written about each gene.

    Parameters
    ----------
    genes
        The genes, in order.
    texts
        One text for each gene, as it goes to the encoder; never empty, since a gene without a
        text is left out.
    provenance
        Where the texts come from: at least ``source``; a release, a checksum and a licence where
        there is one.

    Raises
    ------
    EmbeddingsError
        If the lengths differ or a text is empty.
    GeneNamesError
        If two rows have the same symbol.

    Examples
    --------
    >>> texts = GeneTexts(GeneTable(("LYZ",)), ("An enzyme that breaks bacterial walls.",))
    >>> len(texts.texts)
    1
    """

    genes: GeneTable
    texts: tuple[str, ...]
    provenance: Mapping[str, str] = field(default_factory=lambda: {"source": "given by the caller"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", tuple(self.texts))
        object.__setattr__(self, "provenance", dict(self.provenance))
        refuse_repeated_symbols(self.genes.symbols)
        if len(self.texts) != len(self.genes):
            raise EmbeddingsError(
                f"{len(self.texts):,} texts for {len(self.genes):,} genes",
                expected="one text for each gene",
                do="pass texts in the order of the genes",
            )
        empty = [s for s, text in zip(self.genes.symbols, self.texts, strict=True) if not text.strip()]
        if empty:
            raise EmbeddingsError(
                f"{len(empty):,} genes with an empty text: {name_some(empty)}",
                expected="a text for every gene; a gene without one has no vector",
                do="leave these genes out",
            )
