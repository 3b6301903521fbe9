"""Fine-tuned GenePT of an AnnData's cells."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from anndata import AnnData

from genept import __version__
from genept.errors import ArgumentError
from genept.tl.cell_vectors import gene_embeddings_of, vectors_in
from genept.tl.fine_tuned_keys import check_places, set_fine_tuned
from genept.tl.program_expression import types_of_cells
from genept.tl.record import kept_records
from genept.tl.training_cells import Division, training_cells

if TYPE_CHECKING:
    from genept.cells import FineTunedEmbedding

# Values of the column that says what each cell was used for.
SIDES = ("train", "validation", "held out", "no label", "no vector")


def finetune(
    adata: AnnData,
    label_key: str,
    *,
    use_rep: str = "X_genept_w",
    groups_key: str | None = None,
    train_fraction: float | None = None,
    train_key: str | None = None,
    model: "FineTunedEmbedding | None" = None,
    key_added: str = "X_genept_w_ft",
    prefix: str = "genept_ft",
    rng: int = 0,
) -> "FineTunedEmbedding":
    """Fine-tune vectors of cells for a label, such as a cell type or a phenotype.

    A perceptron of two layers (:class:`genept.cells.FineTunedEmbedding`) learns the label from some of the
    cells, predicts it for all of them, and gives each its hidden layer as a new vector. Scores mean something
    only on the cells that ``obs["genept_ft_split"]`` calls ``held out``.

    Parameters
    ----------
    adata
        The cells, embedded (:func:`genept.tl.embed_cells`).
    label_key
        Column of ``obs`` with the label. Cells without one aren't learned from, but their label is predicted.
    use_rep
        Key in ``obsm`` of the vectors to learn from.
    groups_key
        Column of ``obs`` with groups of cells, such as patients. A group is on one side of every split, of
        that between training and held-out cells and of that by which training stops.
    train_fraction
        Share to train on: of the cells of each class, one at least, or with ``groups_key`` of the groups.
        0.8 by default; the paper's experiment has 0.01. With 1, no cell is held out.
    train_key
        Column of ``obs`` that says (True) which cells to train on, in place of a drawn share.
    model
        An estimator with other parameters than the default ones; it isn't changed.
    key_added
        Key in ``obsm`` and ``uns["genept"]``.
    prefix
        How columns of ``obs`` begin.
    rng
        Seed of what is drawn, and of the default model.

    Returns
    -------
    FineTunedEmbedding
        The fitted model, to be saved (``model.save(folder)``) or applied to other cells
        (:func:`genept.tl.predict`). Sets ``adata.obsm[key_added]``, (n_cells, n_hidden) float32;
        ``adata.obs["genept_ft_label"]``, ``["genept_ft_confidence"]`` (probability of that label) and
        ``["genept_ft_split"]`` (``train``, ``validation``: set aside to stop by, ``held out``, ``no label``,
        ``no vector``); ``adata.uns["genept"][key_added]``, what was done. A cell with a zero vector isn't
        learned from, keeps a zero vector and gets no label.

    Raises
    ------
    UnknownNameError
        If there is no such column or vectors.
    ValuesError
        If there are fewer than two classes to learn, a group is missing, or vectors are zero or not finite.
    ArgumentError
        If an argument means nothing, a group would stand on both sides of the split, or what is read would be
        overwritten.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024, Methods (fine-tuning).

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.embed_cells(adata, genept.embed_genes(texts="starter", encoder="lsa"))
    >>> model = genept.tl.finetune(adata, "bulk_labels", train_fraction=0.2)
    >>> adata.obsm["X_genept_w_ft"].shape
    (700, 128)
    >>> held_out = adata.obs[adata.obs["genept_ft_split"] == "held out"]
    >>> bool((held_out["genept_ft_label"].astype(str) == held_out["bulk_labels"].astype(str)).mean() > 0.5)
    True
    """
    from sklearn.base import clone

    from genept.cells import FineTunedEmbedding
    from genept.cells.fine_tuned.parameters import check_parameters

    check_places(key_added, prefix, use_rep=use_rep, columns=(label_key, groups_key, train_key))
    check_parameters({"rng": rng})
    if train_key is not None and train_fraction is not None:
        raise ArgumentError(
            "train_key and train_fraction together", expected="one of the two", do="leave one of them out"
        )
    kept_records(adata)
    labels, vectors = types_of_cells(adata, label_key), vectors_in(adata, use_rep)
    known, has_vector = labels.codes >= 0, vectors.any(axis=1)
    how = Division(0.8 if train_fraction is None else train_fraction, groups_key, train_key, rng)
    fitted: FineTunedEmbedding = clone(model) if model is not None else FineTunedEmbedding(rng=rng)
    training, groups = training_cells(adata, labels, known & has_vector, how=how)
    fitted.fit(vectors[training], np.asarray(labels[training]), None if groups is None else groups[training])
    aside = np.zeros(len(training), dtype=bool)
    aside[training] = fitted.validation_
    side = np.select([~has_vector, ~known, aside, training], [4, 3, 1, 0], 2)
    asked: dict[str, Any] = {
        "method": "fine-tuned",
        "use_rep": use_rep,
        "label_key": label_key,
        "groups_key": groups_key,
        "train_key": train_key,
        "train_fraction": how.fraction if train_key is None else None,
        "rng": rng,
        "cells": dict(zip(SIDES, np.bincount(side, minlength=len(SIDES)).tolist(), strict=True)),
        "groups": None if groups is None else _groups(groups, side),
        "gene_embeddings": gene_embeddings_of(adata, use_rep),
        "genept": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    # Files of AnnData hold no None.
    fitted.provenance_ = {name: value for name, value in asked.items() if value is not None}
    set_fine_tuned(
        adata,
        fitted,
        vectors,
        key=key_added,
        prefix=prefix,
        record={
            **fitted.provenance_,
            "classes": fitted.classes_.astype(str),
            "parameters": fitted.get_params(),
            "best_epoch": fitted.best_epoch_,
            "training_loss": np.array(fitted.training_loss_),
            "validation_loss": np.array(fitted.validation_loss_),
        },
    )
    adata.obs[f"{prefix}_split"] = pd.Categorical.from_codes(side, categories=pd.Index(SIDES))
    return fitted


def _groups(groups: np.ndarray[Any, Any], side: np.ndarray[Any, Any]) -> dict[str, list[str]]:
    return {name: sorted(set(groups[side == code])) for code, name in enumerate(SIDES[:3])}
