"""What a fine-tuned model leaves in an AnnData."""

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.errors import ArgumentError, GeneptWarning
from genept.tl.arguments import check_name
from genept.tl.record import kept_records

if TYPE_CHECKING:
    from genept.cells import FineTunedEmbedding


def check_places(key: str, prefix: str, *, use_rep: str, columns: Iterable[str | None] = ()) -> None:
    """Refuse places that can't be written, or that hold what is learned from.

    A label that its own prediction has replaced would be predicted without a flaw.

    Parameters
    ----------
    key, prefix
        As for :func:`set_fine_tuned`.
    use_rep
        Key in ``obsm`` of the vectors that are read.
    columns
        Columns of ``obs`` that are read.

    Raises
    ------
    ArgumentError
        Naming the place.
    """
    check_name("key_added", key)
    check_name("prefix", prefix)
    if key == use_rep:
        raise ArgumentError(
            f"key_added={key!r}, which holds the vectors that are read",
            expected="a place of its own for the new vectors",
            do="pass another key_added",
        )
    written = {f"{prefix}_{name}" for name in ("label", "confidence", "split")}
    for column in columns:
        if column in written:
            raise ArgumentError(
                f"obs[{column!r}], which is read here and would be overwritten",
                expected="columns of their own for labels, groups and training cells",
                do=f"rename the column, or pass another prefix than {prefix!r}",
            )


def set_fine_tuned(
    adata: AnnData,
    model: "FineTunedEmbedding",
    vectors: NDArray[np.floating[Any]],
    *,
    key: str,
    prefix: str,
    record: Mapping[str, Any],
) -> None:
    """Set hidden layer, label, confidence and record; missing stays missing for cells without a vector.

    Parameters
    ----------
    adata
        The cells.
    model
        A fitted model.
    vectors
        (n_cells, d) of the cells; zero where nothing is known.
    key
        In ``obsm`` and ``uns["genept"]``.
    prefix
        How columns of ``obs`` begin.
    record
        What is kept in ``uns``.
    """
    known: NDArray[np.bool_] = np.any(vectors, axis=1)
    hidden = np.zeros((len(vectors), model.n_hidden), dtype=np.float32)
    codes = np.full(len(vectors), -1)
    confidence = np.full(len(vectors), np.nan, dtype=np.float32)
    if known.any():
        hidden[known] = model.transform(vectors[known])
        probabilities = model.predict_proba(vectors[known])
        codes[known], confidence[known] = probabilities.argmax(axis=1), probabilities.max(axis=1)
    if not known.all():
        # Past the functions of this package, to who asked for it.
        warnings.warn(
            f"{int((~known).sum()):,} of {len(known):,} cells have a zero vector, of which nothing can be "
            "predicted",
            GeneptWarning,
            stacklevel=3,
        )
    adata.obsm[key] = hidden
    adata.obs[f"{prefix}_label"] = pd.Categorical.from_codes(
        codes, categories=pd.Index(model.classes_.astype(str))
    )
    adata.obs[f"{prefix}_confidence"] = confidence
    adata.uns["genept"] = {**kept_records(adata), key: dict(record)}
