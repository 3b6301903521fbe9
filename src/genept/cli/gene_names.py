"""Gene names in a file of the user's."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from genept.errors import ArgumentError, InputFileError

if TYPE_CHECKING:
    from genept.genes import Resolver


def names_in_data(path: Path, gene_column: str | None, resolver: "Resolver") -> Sequence[str]:
    """Names of the genes of an ``.h5ad`` file, from a column of ``var`` or found by looking.

    Raises
    ------
    InputFileError, UnknownNameError
        If the file can't be read or has no such column.
    """
    from genept.h5ad import read_var
    from genept.tl.gene_column import find_names, names_in_column

    var = read_var(path)
    return find_names(var, resolver)[1] if gene_column is None else names_in_column(var, gene_column)


def names_in(path: Path, taxon: int) -> list[str]:
    """Names of genes in a list, one a line, or of a data set.

    Raises
    ------
    InputFileError, FetchError
        If the file can't be read, or the lists of genes aren't there and can't be fetched.
    ArgumentError
        If it names nothing.
    """
    if path.suffix == ".h5ad":
        from genept.genes.species import fetch_gene_files, species_resolver

        fetch_gene_files(taxon)
        return [name for name in names_in_data(path, None, species_resolver(taxon)) if name]
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{path} can't be read ({error})",
            expected="a list of genes, or an .h5ad file",
            do="check the path",
        ) from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise ArgumentError(f"{path} names no gene", expected="one name a line", do="check the file")
    return names
