"""What gene names look like, and names that can't be used."""

import re
from collections import Counter
from collections.abc import Sequence

from genept.errors import GeneNamesError, name_some

# A version and GENCODE's mark of the pseudoautosomal genes of Y may stand behind it.
_ENSEMBL = re.compile(r"(ENS[A-Z]*G\d{11})(?:\.\d+)?(?:_PAR_Y)?")
# A column of numbers with gaps is a column of floats.
_ENTREZ = re.compile(r"(\d+)(?:\.0)?")
# What a spreadsheet makes of MARCH1 and SEPT2.
_MONTH = "(?:Jan|Feb|Mar|Apr|Sep|Oct|Nov|Dec)"
_DATE = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}}")


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


def ensembl_id(name: str) -> str:
    """Strip the version of an Ensembl id, and a symbol before it; other names stay as they are.

    Examples
    --------
    >>> ensembl_id("ENSG00000198851.10"), ensembl_id("HLA-B_ENSG00000234745"), ensembl_id("CD3E")
    ('ENSG00000198851', 'ENSG00000234745', 'CD3E')
    """
    found = _ENSEMBL.fullmatch(name) or _ENSEMBL.fullmatch(name.partition("_")[2])
    return found[1] if found else name


def entrez_id(name: str) -> str:
    """Strip the ``.0`` that a table of numbers leaves behind an Entrez id.

    Examples
    --------
    >>> entrez_id("916.0"), entrez_id("CD3E")
    ('916', 'CD3E')
    """
    found = _ENTREZ.fullmatch(name)
    return found[1] if found else name


def is_date(name: str) -> bool:
    """Whether a name is what a spreadsheet makes of a gene symbol.

    Examples
    --------
    >>> is_date("1-Mar"), is_date("MARCHF1")
    (True, False)
    """
    return _DATE.fullmatch(name) is not None


def are_row_numbers(names: Sequence[str]) -> bool:
    """Whether names just count: 0, 1, 2, and so on.

    Examples
    --------
    >>> are_row_numbers(["0", "1", "2"]), are_row_numbers(["916", "4069"])
    (True, False)
    """
    if len(names) < 2 or not names[0].isdecimal():
        return False
    first = int(names[0])
    return all(name == str(first + i) for i, name in enumerate(names))


def is_identifier(name: str) -> bool:
    """Whether a name is an Ensembl or Entrez id, which says nothing to a reader.

    Examples
    --------
    >>> is_identifier("ENSG00000198851.2"), is_identifier("CD3E")
    (True, False)
    """
    return any(pattern.fullmatch(name) for pattern in (_ENSEMBL, _ENTREZ))


def repeated_names(names: Sequence[str]) -> list[str]:
    """Names that stand more than once, each once.

    Examples
    --------
    >>> repeated_names(["CD3E", "LYZ", "CD3E"])
    ['CD3E']
    """
    return [name for name, count in Counter(names).items() if count > 1]


def refuse_repeated_symbols(symbols: Sequence[str]) -> None:
    """Raise if two rows of a table have the same symbol.

    Raises
    ------
    GeneNamesError
        Naming the first few.
    """
    twice = repeated_names(symbols)
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
    twice = repeated_names(names)
    if twice:
        raise GeneNamesError(
            f"{len(twice):,} gene names that stand more than once: {name_some(twice)}",
            expected="every gene to be measured in one column",
            do="add the columns of one gene up, or keep the first of each with "
            "adata = adata[:, ~adata.var_names.duplicated()].copy()",
        )
