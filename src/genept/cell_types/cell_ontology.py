"""Cell types of the Cell Ontology."""

import logging
from pathlib import Path

from genept.cell_types.cell_types import CellTypes
from genept.cell_types.obo import read_obo
from genept.datasets import fetch
from genept.datasets.cache import provenance
from genept.datasets.verify import digest_of
from genept.errors import InputFileError, ValuesError

log = logging.getLogger(__name__)

DATASET = "cell_ontology"
# Blood and immune cells, platelets and progenitors among them.
HEMATOPOIETIC = "CL:0000988"


def cell_ontology(path: str | Path | None = None, *, root: str | None = None) -> CellTypes:
    r"""Read the Cell Ontology: ids, names, exact synonyms, definitions, and what is a kind of what.

    Parameters
    ----------
    path
        The ontology's ``.obo`` file; by default it is fetched once (``genept data fetch cell_ontology``).
    root
        Only kinds of this type, by its id, not the type itself: ``"CL:0000738"`` for leukocytes,
        ``"CL:0000988"`` for all of blood; every cell by default.

    Returns
    -------
    CellTypes
        Without obsolete types, and without the terms of other ontologies that the file may hold.

    Raises
    ------
    InputFileError
        If the file can't be read, is no OBO, or has no cell type.
    UnknownNameError
        If no type has the id ``root``.
    ValuesError
        If nothing is a kind of ``root``.
    FetchError, OutputError
        If the file can't be fetched.

    References
    ----------
    Diehl et al., Journal of Biomedical Semantics 2016. The ontology is licensed CC BY 4.0.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "small.obo"
    >>> _ = path.write_text(
    ...     "format-version: 1.2\n\n[Term]\nid: CL:0000738\nname: leukocyte\n"
    ...     "\n[Term]\nid: CL:0000576\nname: monocyte\nis_a: CL:0000738 ! leukocyte\n"
    ... )
    >>> cell_ontology(path, root="CL:0000738").names
    ('monocyte',)
    """
    if path is None:
        fetched = fetch(DATASET)
        path, origin = fetched.path, provenance(fetched)
    else:
        path = Path(path)
        origin = {"file": path.name}
    version, terms = read_obo(path)
    kept = [t for t in terms if t.id.startswith("CL:") and t.name and not t.is_obsolete]
    if not kept:
        raise InputFileError(
            f"{path} with {len(terms):,} terms, none of them a cell type (CL:...)",
            expected="the Cell Ontology",
            do="get its cl-basic.obo, or write your types as a table of names and definitions",
        )
    types = CellTypes(
        ids=tuple(t.id for t in kept),
        names=tuple(t.name for t in kept),
        definitions=tuple(t.definition for t in kept),
        synonyms=tuple(tuple(t.synonyms) for t in kept),
        parents=tuple(tuple(t.parents) for t in kept),
        provenance={"source": DATASET, "release": version, "sha256": digest_of(path), **origin},
    )
    log.info("%s cell types of the Cell Ontology %s", f"{len(types):,}", version)
    return types if root is None else kinds_of(types, root)


def kinds_of(types: CellTypes, root: str) -> CellTypes:
    """Keep the kinds of a type, without the type itself, which would say nothing.

    Raises
    ------
    UnknownNameError
        If no type has this id.
    ValuesError
        If there is no kind of it.
    """
    chosen = types.within(root)
    name = types.names[types.ids.index(root)]
    chosen[types.ids.index(root)] = False
    if not chosen.any():
        raise ValuesError(
            f"no cell type left: nothing is a kind of {root} ({name})",
            expected="a root that has kinds, such as CL:0000738 (leukocyte)",
            do="choose a type further up the ontology",
        )
    kept = types.take(chosen)
    log.info("%s of them are kinds of %s (%s)", f"{len(kept):,}", root, name)
    return kept
