"""What gene names look like, and names that can't be used."""

import re
from collections import Counter
from collections.abc import Sequence

from genept.errors import GeneNamesError, name_some

_ENSEMBL = re.compile(r"ENS[A-Z]*G\d{11}(\.\d+)?")
_ENTREZ = re.compile(r"\d+(\.0)?")


def kind_of_names(names: Sequence[str]) -> str:
    """Say what most of ``names`` look like: ``"Ensembl ids"``, ``"Entrez ids"`` or ``"symbols"``.

    Examples
    --------
    >>> kind_of_names(["ENSG00000198851.10", "ENSG00000090382"])
    'Ensembl ids'
    >>> kind_of_names(["CD3E", "LYZ"])
    'symbols'
    """
    half = len(names) / 2
    for kind, pattern in (("Ensembl ids", _ENSEMBL), ("Entrez ids", _ENTREZ)):
        if sum(pattern.fullmatch(name) is not None for name in names) > half:
            return kind
    return "symbols"


def is_identifier(name: str) -> bool:
    """Whether a name is an Ensembl or Entrez id, which says nothing to a reader.

    Examples
    --------
    >>> is_identifier("ENSG00000198851.2"), is_identifier("CD3E")
    (True, False)
    """
    return any(pattern.fullmatch(name) for pattern in (_ENSEMBL, _ENTREZ))


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def refuse_repeated_symbols(symbols: Sequence[str]) -> None:
    """Raise if two rows of a table have the same symbol.

    Raises
    ------
    GeneNamesError
        Naming the first few.
    """
    twice = _repeated(symbols)
    if twice:
        raise GeneNamesError(
            f"gene symbols that stand more than once: {name_some(twice)}",
            expected="one row per gene",
            do="keep one row of each; further names of a gene belong in its aliases",
        )


def refuse_duplicates(names: Sequence[str]) -> None:
    """Raise if a gene name stands more than once.

    Raises
    ------
    GeneNamesError
        Naming the first few, and what to do about them.
    """
    twice = _repeated(names)
    if twice:
        raise GeneNamesError(
            f"{len(twice):,} gene names that stand more than once: {name_some(twice)}",
            expected="every gene to be measured in one column",
            do="add the columns of one gene up, or keep the first of each with "
            "adata = adata[:, ~adata.var_names.duplicated()].copy()",
        )
