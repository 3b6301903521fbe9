"""Marker genes that a user brings: a mapping, or a table as scanpy and Seurat write it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from genept.errors import GeneNamesError, InputFileError, name_some
from genept.h5ad import check_there, first_line

# Seurat's FindAllMarkers and our own tables, then scanpy's rank_genes_groups_df.
_CLUSTER, _GENE = ("cluster", "group"), ("gene", "names")
_EXPECTED = "a .csv or .tsv with the columns cluster (or group) and gene (or names), the strongest gene first"


def own_markers(markers: Mapping[str, Sequence[str]] | str | Path) -> dict[str, tuple[str, ...]]:
    """Take markers by cluster, from a mapping or a file; the order of genes is kept.

    Raises
    ------
    InputFileError
        If the file can't be read, or has no such columns.
    GeneNamesError
        If a gene has no name, or genes aren't given as a list.

    Examples
    --------
    >>> own_markers({"0": ["CD79A", "MS4A1", "CD79A"]})
    {'0': ('CD79A', 'MS4A1')}
    """
    told = _from_file(Path(markers)) if isinstance(markers, str | Path) else markers
    taken: dict[str, tuple[str, ...]] = {}
    for cluster, genes in told.items():
        if isinstance(genes, str):
            raise GeneNamesError(
                f"markers of {cluster} that are one word, {genes[:40]!r}",
                expected="a list of gene names",
                do="write them as a list",
            )
        names = [str(gene).strip() for gene in genes]
        if not all(names):
            raise GeneNamesError(
                f"a marker without a name, of {cluster}", expected="gene names", do="leave it out"
            )
        taken[str(cluster)] = tuple(dict.fromkeys(names))
    return taken


def _from_file(path: Path) -> dict[str, list[str]]:
    check_there(path, expected=_EXPECTED)
    try:
        table = pd.read_csv(
            path, sep="\t" if path.suffix == ".tsv" else ",", dtype=str, keep_default_na=False
        )
    except (ValueError, OSError) as error:
        raise InputFileError(
            f"{path} can't be read as a table ({first_line(error)})", expected=_EXPECTED, do="check the file"
        ) from error
    cluster, gene = (next((name for name in names if name in table), None) for names in (_CLUSTER, _GENE))
    if cluster is None or gene is None:
        raise InputFileError(
            f"{path} with the columns {name_some(map(str, table.columns), limit=20)}",
            expected=_EXPECTED,
            do="name the columns so",
        )
    return {str(name): rows[gene].tolist() for name, rows in table.groupby(cluster, sort=False)}
