"""Cell types by what a user names: the Cell Ontology, a file, names."""

from collections.abc import Sequence
from pathlib import Path

from genept.cell_types.cell_ontology import DATASET, cell_ontology, kinds_of
from genept.cell_types.cell_types import CellTypes
from genept.cell_types.listed import listed_types, read_listed_types
from genept.errors import ArgumentError


def get_cell_types(source: str | Path | CellTypes | Sequence[str], *, root: str | None = None) -> CellTypes:
    """Get cell types.

    Parameters
    ----------
    source
        ``"cell_ontology"``; the path of an ``.obo``, or of a table or a list
        (:func:`genept.cell_types.read_listed_types`); names; or cell types, which are given back.
    root
        In an ontology, only kinds of this type, by its id.

    Raises
    ------
    InputFileError, ValuesError, UnknownNameError, FetchError, OutputError
        As what reads them.
    ArgumentError
        If there is a ``root`` where nothing is nested.

    Examples
    --------
    >>> get_cell_types(["B cell", "T cell"])
    CellTypes of 2 types, 0 of them with a definition
    """
    if isinstance(source, str | Path):
        if str(source) == DATASET:
            return cell_ontology(root=root)
        if Path(source).suffix.lower() == ".obo":
            return cell_ontology(source, root=root)
        types = read_listed_types(source)
    else:
        types = source if isinstance(source, CellTypes) else listed_types(source)
    if root is None:
        return types
    if not any(types.parents):
        raise ArgumentError(
            f"the root {root!r} in a plain list of cell types",
            expected="a root in an ontology",
            do="leave it out, or choose cell_ontology",
        )
    return kinds_of(types, root)
