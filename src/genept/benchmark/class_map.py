"""All genes in two dimensions, coloured by class."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
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
    import matplotlib.pyplot as plt

    for name, genes in embeddings.items():
        sample, rows = plan.samples.get(name, (None, None))
        if sample is None or rows is None or sample.second is not None or len(sample.classes) < 3:
            continue
        # A gene that is listed twice is drawn once.
        _, once = np.unique(sample.first, return_index=True)
        adata = to_anndata(genes)[rows[sample.first[once]]].copy()
        classes = [sample.classes[label] for label in sample.labels[once]]
        adata.obs["class"] = pd.Categorical(classes, categories=sample.classes)
        axes = pl.umap(
            adata,
            "X",
            color="class",
            title=f"genes by {name}",
            legend_loc="on data",
            show=False,
            save=folder / f"{file_name('umap', plan.task.name, name)}.png",
        )
        plt.close(axes.get_figure(root=True))
