"""All genes in two dimensions, coloured by class."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from genept import pl
from genept.benchmark.file_names import file_name
from genept.benchmark.plan import PlannedTask
from genept.embeddings import GeneEmbeddings, to_anndata


def draw_class_map(folder: Path, plan: PlannedTask, embeddings: Mapping[str, GeneEmbeddings]) -> None:
    """Draw a UMAP of the genes of each embedding, coloured by class, for a task of several classes.

    Parameters
    ----------
    folder
        Where to, as ``umap.NAME.png``.
    plan
        The task; of one with two classes, or of pairs, nothing is drawn.
    embeddings
        Gene embeddings by name.

    Raises
    ------
    OutputError
        If a figure can't be written.
    """
    sample = plan.sample
    if sample is None or sample.second is not None or len(sample.classes) < 3:
        return
    import matplotlib.pyplot as plt

    class_of = pd.Series(dict(zip(sample.first.tolist(), sample.labels.tolist(), strict=True)))
    for name, genes in embeddings.items():
        rows = genes.genes.locate(sample.symbols)[class_of.index]
        adata = to_anndata(genes)[rows[rows >= 0]].copy()
        classes = [sample.classes[label] for label in class_of[rows >= 0]]
        adata.obs["class"] = pd.Categorical(classes, categories=sample.classes)
        axes = pl.umap(
            adata,
            "X",
            color="class",
            title=f"genes by {name}",
            save=folder / f"{file_name('umap', plan.task.name, name)}.png",
        )
        plt.close(axes.get_figure(root=True))
