"""What fine-tuning was worth on the cells that were held out."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from anndata import AnnData

from genept.errors import ArgumentError
from genept.tl.cell_vectors import vectors_in

if TYPE_CHECKING:
    from genept.cells import FineTunedEmbedding


def held_out_scores(
    adata: AnnData, model: "FineTunedEmbedding", *, prefix: str = "genept_ft"
) -> pd.DataFrame:
    """Score a model on held-out cells, beside 10-NN and logistic regression fitted on the same cells.

    Parameters
    ----------
    adata
        The cells that :func:`genept.tl.finetune` parted.
    model
        What it gave back.
    prefix
        As it was told.

    Returns
    -------
    pandas.DataFrame
        A row each for ``"fine-tuned"``, ``"10-NN cosine"`` and ``"logistic regression"`` (classes weighted
        alike, C = 100): ``accuracy``, ``balanced_accuracy``, ``macro_f1`` over the labels of held-out cells,
        and ``roc_auc`` where there are two. With groups that have one label each, as patients have a
        phenotype, the same for groups, under ``group_accuracy`` and so on, each group by the mean of its
        cells' probabilities.

    Raises
    ------
    ArgumentError
        If these aren't the cells or the model of one call of :func:`genept.tl.finetune`, or no cell is held
        out.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.embed_cells(adata, genept.embed_genes(texts="starter", encoder="lsa"))
    >>> model = genept.tl.finetune(adata, "bulk_labels", train_fraction=0.2)
    >>> list(genept.tl.held_out_scores(adata, model).index)
    ['fine-tuned', '10-NN cosine', 'logistic regression']
    """
    from genept.cells.fine_tuned import compare_held_out

    split, done = f"{prefix}_split", model.provenance_
    if split not in adata.obs or not {"use_rep", "label_key"} <= set(done):
        raise ArgumentError(
            f"no obs[{split!r}], or a model that doesn't say what it learned from",
            expected="what genept.tl.finetune left and gave back",
            do="call genept.tl.finetune first",
        )
    side = np.asarray(adata.obs[split], dtype=str)
    training, held_out = np.isin(side, ("train", "validation")), side == "held out"
    if not held_out.any():
        raise ArgumentError(
            "no held-out cells",
            expected="cells that weren't learned from",
            do="train on fewer of them (train_fraction)",
        )
    used = training | held_out
    groups_key = done.get("groups_key")
    scores = compare_held_out(
        vectors_in(adata, done["use_rep"])[used],
        np.asarray(adata.obs[done["label_key"]], dtype=str)[used],
        training[used],
        model=model,
        groups=None if groups_key is None else np.asarray(adata.obs[groups_key], dtype=str)[used],
    )
    return pd.DataFrame.from_dict(scores, orient="index")
