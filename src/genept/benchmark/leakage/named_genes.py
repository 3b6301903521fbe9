"""Which genes a text names: by symbol, previous symbol or alias."""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from genept.genes import GeneTable
from genept.texts import GeneTexts

# Shorter names are words of other kinds too often.
SHORTEST = 3
_WORD = re.compile(r"\w+")


class NamedGenes:
    """The genes that each of some texts names.

    A name counts where it stands whole, in its own letter case: symbols, previous symbols and aliases of
    three characters or more with a letter in them, but those of small letters alone, which are words (*not*
    is an alias of ALG3). Of several names that begin at one place the longest counts, so that ``HLA-A``
    doesn't name a gene ``HLA``. A symbol means its gene; another name all genes that have it. Some mean
    other things too (ATP is an alias of ATP8A2): how often that is, pairs that don't interact show.

    Parameters
    ----------
    texts
        n genes with their texts; each is read once.

    Examples
    --------
    >>> genes = GeneTable(("CD3E", "LYZ"), aliases=((), ("LZM",)))
    >>> named = NamedGenes(GeneTexts(genes, ("Unlike LZM, of T cells.", "An enzyme.")))
    >>> named.named(np.array([0, 1]), np.array([1, 0]))
    array([ True, False])
    """

    def __init__(self, texts: GeneTexts) -> None:
        self.texts = texts
        finder = _Finder(texts.genes)
        self._spans = [list(finder.spans(text)) for text in texts.texts]
        said = {(row, gene) for row, spans in enumerate(self._spans) for *_, genes in spans for gene in genes}
        self._said = self._keys(*np.array(sorted(said), dtype=np.int64).reshape(-1, 2).T)

    def named(self, rows: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether the text of each gene names another.

        Parameters
        ----------
        rows
            (k,) whose texts.
        others
            (k,) rows of the genes that may be named there.

        Returns
        -------
        (k,) bool array
        """
        return np.isin(self._keys(rows, others), self._said)

    def _keys(self, rows: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.int64]:
        """One number for each pair."""
        return rows.astype(np.int64) * len(self.texts.genes) + others

    def without(self, row: int, others: set[int]) -> str:
        """Take every name of some genes out of a text; nothing takes their place.

        Parameters
        ----------
        row
            Whose text.
        others
            Rows of the genes that it shall not name.

        Returns
        -------
        str
            The rest, with single spaces; the text as it is where it names none of them.
        """
        text = self.texts.texts[row]
        parts, done = [], 0
        for start, end, genes in self._spans[row]:
            if not others.isdisjoint(genes):
                parts.append(text[done:start])
                done = end
        return " ".join("".join([*parts, text[done:]]).split()) if done else text


class _Finder:
    """Finds names of genes, which may be several words (``NKX2-1``), in texts."""

    def __init__(self, genes: GeneTable) -> None:
        others: dict[str, set[int]] = {}
        for column in (genes.previous, genes.aliases):
            for row, names in enumerate(column):
                for name in names:
                    others.setdefault(_trimmed(name), set()).add(row)
        symbols = {_trimmed(symbol): {row} for row, symbol in enumerate(genes.symbols)}
        self._rows = {name: tuple(rows) for name, rows in (others | symbols).items() if _counts(name)}
        # How many words the names have at most that begin with a word.
        self._longest: dict[str, int] = {}
        for name in self._rows:
            first, *more = _WORD.findall(name)
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(more))

    def spans(self, text: str) -> Iterable[tuple[int, int, tuple[int, ...]]]:
        """Begin, end and genes of each name, none inside another."""
        done = 0
        for word in _WORD.finditer(text):
            longest = self._longest.get(word[0])
            if longest is None or word.start() < done:
                continue
            for end in reversed(_ends(text, word, longest)):
                genes = self._rows.get(text[word.start() : end])
                if genes is not None:
                    yield word.start(), end, genes
                    done = end
                    break


def _ends(text: str, first: re.Match[str], n_words: int) -> list[int]:
    """Where the first word ends, the second, and so on."""
    ends = [first.end()]
    while len(ends) < n_words:
        following = _WORD.search(text, ends[-1])
        if following is None:
            break
        ends.append(following.end())
    return ends


def _trimmed(name: str) -> str:
    """Cut off what isn't a letter or digit at both ends."""
    words = [word.span() for word in _WORD.finditer(name)]
    return name[words[0][0] : words[-1][1]] if words else ""


def _counts(name: str) -> bool:
    is_word = name.isalpha() and name.islower()
    return len(name) >= SHORTEST and not is_word and any(map(str.isalpha, name))
