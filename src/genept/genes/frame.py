"""A gene table as a table of strings, the form in which every file keeps it."""

import pandas as pd

from genept.errors import GeneNamesError
from genept.genes.names import entrez_id
from genept.genes.table import GeneTable

# Column of the frame to field of the table: one string for a gene, or several joined by a bar.
PLAIN = {"symbol": "symbols", "full_name": "full_names", "entrez_id": "entrez_ids"}
JOINED = {"ensembl_id": "ensembl_ids", "previous": "previous", "aliases": "aliases"}


def to_frame(genes: GeneTable) -> pd.DataFrame:
    """Lay a gene table out in columns of strings.

    Parameters
    ----------
    genes
        The genes.

    Returns
    -------
    pandas.DataFrame
        ``symbol``, ``full_name``, ``entrez_id``, ``ensembl_id``, ``previous``, ``aliases``; where a gene
        has several, they are joined by ``|``, and what isn't known is an empty string.

    Examples
    --------
    >>> to_frame(GeneTable(("LYZ",), aliases=(("LZM", "LYZF1"),)))["aliases"].item()
    'LZM|LYZF1'
    """
    columns = {column: list(getattr(genes, name)) for column, name in PLAIN.items()}
    columns |= {column: ["|".join(some) for some in getattr(genes, name)] for column, name in JOINED.items()}
    return pd.DataFrame(columns)


def parted(joined: str) -> tuple[str, ...]:
    """Part what is joined by bars.

    Examples
    --------
    >>> parted("LZM|LYZF1"), parted("")
    (('LZM', 'LYZF1'), ())
    """
    return tuple(filter(None, joined.split("|")))


def from_frame(frame: pd.DataFrame) -> GeneTable:
    """Make the gene table again from what :func:`to_frame` gave; only ``symbol`` must be there.

    Raises
    ------
    GeneNamesError
        If there is no column ``symbol``, or what it holds are no symbols.
    """
    if "symbol" not in frame:
        raise GeneNamesError(
            f"a table with the columns {', '.join(map(str, frame.columns)) or '(none)'}",
            expected="a column 'symbol'",
            do="name the column of gene symbols 'symbol'",
        )
    plain = {name: tuple(map(str, frame[column])) for column, name in PLAIN.items() if column in frame}
    joined = {
        name: tuple(parted(str(some)) for some in frame[column])
        for column, name in JOINED.items()
        if column in frame
    }
    # A table of numbers with gaps has made floats of them.
    plain["entrez_ids"] = tuple(map(entrez_id, plain.get("entrez_ids", ())))
    return GeneTable(**plain, **joined)  # type: ignore[arg-type]
