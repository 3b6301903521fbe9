"""How many genes or pairs of each class carry words that give the label away."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.leakage.label_words import have_words
from genept.benchmark.leakage.named_genes import NamedGenes
from genept.benchmark.leakage.rows import rows_with_text
from genept.texts import GeneTexts

PARTNER = "the partner's name"


@dataclass(frozen=True)
class Leak:
    """How many of one class carry words in their texts.

    Parameters
    ----------
    words
        Which, joined by commas; :data:`PARTNER` for the name of the other gene of a pair.
    of_class
        The class.
    n
        Its genes or pairs with a text, of pairs with both.
    n_with_words
        How many of these carry any of the words.
    note
        What counts.
    """

    words: str
    of_class: str
    n: int
    n_with_words: int
    note: str = ""

    @property
    def share(self) -> float:
        """Share of those with words, 0 to 1; NaN where there is nobody."""
        return self.n_with_words / self.n if self.n else math.nan


def leakage(
    texts: GeneTexts,
    rows_by_class: Mapping[str, NDArray[np.intp]],
    words: Sequence[str],
    *,
    named: NamedGenes | None = None,
) -> list[Leak]:
    """Count who carries words that give the label away, class by class.

    Parameters
    ----------
    texts
        n genes with their texts.
    rows_by_class
        For each class the rows in ``texts`` of its genes, (k,), or of its pairs, (k, 2); -1 for a gene
        without a text, which isn't counted, nor is its pair.
    words
        As for :func:`genept.benchmark.leakage.words_pattern`; with none only names of partners are counted.
    named
        For pairs: what the texts name, where it is known already.

    Returns
    -------
    list of Leak
        For each class how many carry a label's word, of pairs in either text; and for pairs how many have
        one gene's text naming the other. The share among negatives is what chance and style give.

    Raises
    ------
    ArgumentError
        If rows aren't those of the texts, or the words mean nothing.

    Examples
    --------
    >>> from genept import GeneTable
    >>> texts = GeneTexts(GeneTable(("A1", "B1")), ("A kinase of BRAF.", "A pseudogene."))
    >>> leaks = leakage(texts, {"coding": np.array([0]), "pseudo": np.array([1])}, ["pseudogene*"])
    >>> [(leak.of_class, leak.share) for leak in leaks]
    [('coding', 0.0), ('pseudo', 1.0)]
    """
    leaks: list[Leak] = []
    classes = {of_class: rows_with_text(texts, rows, of=of_class) for of_class, rows in rows_by_class.items()}
    if words:
        carries = have_words(texts.texts, words)
        for of_class, rows in classes.items():
            note = "in either text" if rows.ndim == 2 else ""
            found = carries[rows].any(axis=1) if rows.ndim == 2 else carries[rows]
            leaks.append(Leak(", ".join(words), of_class, len(rows), int(found.sum()), note))
    for of_class, rows in classes.items():
        if rows.ndim == 2:
            named = named if named is not None else NamedGenes(texts)
            first, second = rows.T
            found = (named.named(first, second) | named.named(second, first)) & (first != second)
            leaks.append(
                Leak(PARTNER, of_class, len(rows), int(found.sum()), "one text names the other gene")
            )
    return leaks
