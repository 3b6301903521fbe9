"""Texts without the words that give a label away, and without the names of partners."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.leakage.label_words import without_words, words_pattern
from genept.benchmark.leakage.named_genes import NamedGenes
from genept.benchmark.leakage.rows import rows_with_text
from genept.errors import ArgumentError
from genept.texts import GeneTexts


def mask_texts(
    texts: GeneTexts,
    words: Sequence[str] = (),
    *,
    pairs: NDArray[np.intp] | None = None,
    named: NamedGenes | None = None,
) -> dict[int, str]:
    """Take words out of texts, and names of partners; nothing takes their place but single spaces.

    Parameters
    ----------
    texts
        n genes with their texts.
    words
        As for :func:`genept.benchmark.leakage.words_pattern`.
    pairs
        (k, 2) rows in ``texts`` of pairs of genes; each gene's text loses every name of all its partners.
        Those with a -1 are passed over.
    named
        What the texts name, where it is known already.

    Returns
    -------
    dict
        Row to text, of the texts that change; empty where nothing but such words stood there.

    Raises
    ------
    ArgumentError
        If neither words nor pairs are given, the words mean nothing, or pairs aren't rows of the texts.

    Examples
    --------
    >>> from genept import GeneTable
    >>> texts = GeneTexts(GeneTable(("RAF1", "KRAS")), ("RAF1 binds KRAS.", "A GTPase."))
    >>> mask_texts(texts, ["bind*"], pairs=np.array([[0, 1]]))
    {0: 'RAF1 .'}
    """
    if not words and pairs is None:
        raise ArgumentError("nothing to mask", expected="words or pairs", do="pass some")
    changed: dict[int, str] = {}
    if pairs is not None:
        named = named if named is not None else NamedGenes(texts)
        partners: dict[int, set[int]] = {}
        for first, second in rows_with_text(texts, pairs, of="the pairs").tolist():
            if first != second:
                partners.setdefault(first, set()).add(second)
                partners.setdefault(second, set()).add(first)
        changed = {row: named.without(row, others) for row, others in sorted(partners.items())}
    if words:
        pattern = words_pattern(words)
        for row, text in enumerate(texts.texts):
            changed[row] = without_words(changed.get(row, text), pattern)
    return {row: text for row, text in sorted(changed.items()) if text != texts.texts[row]}
