"""Where the numbers come from, as ``provenance.json``."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from genept import __version__
from genept.atomic import written_whole
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.transfer import Transfer
from genept.embeddings import GeneEmbeddings

_LIBRARIES = (
    *("numpy", "scipy", "pandas", "scikit-learn", "anndata", "scanpy", "harmonypy", "scib-metrics"),
    *("igraph", "leidenalg"),
)


def write_cell_provenance(
    path: Path,
    cells: Sequence[LabelledCells],
    embeddings: Mapping[str, GeneEmbeddings],
    *,
    files: Mapping[str, Path],
    transfers: Sequence[Transfer],
    settings: CellSettings,
) -> None:
    """Write what was scored, on what, and by which versions; no date, so that a rerun gives the same file.

    Parameters
    ----------
    path
        The file.
    cells
        The data sets.
    embeddings
        Gene embeddings by name.
    files
        The files of data sets that came from one.
    transfers
        From which data set to which.
    settings
        How everything was scored.
    """
    said = {
        "genept": __version__,
        "python": platform.python_version(),
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
        "settings": asdict(settings),
        "data sets": {
            one.name: {
                "file": files[one.name].name if one.name in files else None,
                "cells": len(one),
                "genes": one.measured.expression.shape[1],
                "values": one.measured.expression.kind,
                "matrix": one.measured.genes.origin,
                "columns": one.keys.roles(),
            }
            for one in cells
        },
        "embeddings": {
            name: {"genes": len(genes.genes), "dimensions": genes.dimensions, **genes.provenance}
            for name, genes in embeddings.items()
        },
        "transfers": [asdict(one) for one in transfers],
    }
    with written_whole(path) as draft:
        draft.write_text(json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
