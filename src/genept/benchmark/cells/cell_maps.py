"""Cells in two dimensions, coloured by label."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData

from genept import pl
from genept.atomic import writing
from genept.benchmark.cells.tables import ScoredSet
from genept.benchmark.cells.vectors.pca import PCA_NAME
from genept.benchmark.cells.vectors.representation import EMBEDDING, CellVectors, Made
from genept.benchmark.file_names import file_name

# More points hide each other, and take ten times as long to lay out.
MOST_CELLS = 4000
# UMAP needs neighbours.
_FEWEST_CELLS = 20


def draw_cell_maps(folder: Path, scored: Sequence[ScoredSet], *, rng: int) -> None:
    """Draw a UMAP of the cells of each labelled data set, by its first embedding and by PCA.

    Parameters
    ----------
    folder
        The output folder; figures go to ``umap`` in it.
    scored
        The data sets. Of more than 4,000 cells as many are drawn.
    rng
        Seed of which cells are drawn, and of the layout.

    Raises
    ------
    OutputError
        If a figure can't be written.
    """
    with writing(folder):
        (folder / "umap").mkdir(exist_ok=True)
    for one in scored:
        labels = one.cells.values.get("label")
        if labels is None or len(labels) < _FEWEST_CELLS:
            continue
        drawn = np.arange(len(labels))
        if len(drawn) > MOST_CELLS:
            drawn = np.sort(np.random.default_rng(rng).choice(drawn, MOST_CELLS, replace=False))
        for made in _to_draw(one.made):
            path = folder / "umap" / f"{file_name(one.cells.name, made.name)}.png"
            title = f"{one.cells.name}: {made.name}"
            _draw(made.vectors[drawn], labels[drawn], title=title, path=path, rng=rng)


def _to_draw(made: Made) -> list[CellVectors]:
    embeddings = [one for one in made.vectors if one.kind == EMBEDDING]
    return [*embeddings[:1], *(one for one in made.vectors if one.name == PCA_NAME)]


def _draw(vectors: np.ndarray, labels: np.ndarray, *, title: str, path: Path, rng: int) -> None:
    import matplotlib.pyplot as plt

    adata = AnnData(
        obs=pd.DataFrame({"label": pd.Categorical(labels)}, index=np.arange(len(labels)).astype(str))
    )
    adata.obsm["vectors"] = vectors
    axes = pl.umap(adata, "vectors", color="label", title=title, rng=rng, show=False, save=path)
    plt.close(axes.get_figure(root=True))
