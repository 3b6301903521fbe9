"""Which cells of an AnnData a model is fitted on, and which are held out."""

import logging
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.cells.fine_tuned.sides import draw_cells, draw_groups, refuse_gaps, refuse_shared_groups
from genept.errors import ArgumentError, GeneptWarning, ValuesError, name_some
from genept.tl.obs_column import obs_column

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Division:
    """How labelled cells are parted.

    Parameters
    ----------
    fraction
        Share of the cells of each class, or of the groups, that is fitted on; 1 for all.
    groups_key
        Column of ``obs`` with the group of each cell, such as its patient.
    train_key
        Column of ``obs`` that says which cells are fitted on, in place of a drawn share.
    rng
        Seed of what is drawn.
    """

    fraction: float
    groups_key: str | None
    train_key: str | None
    rng: int


def training_cells(
    adata: AnnData, labels: pd.Categorical, usable: NDArray[np.bool_], *, how: Division
) -> tuple[NDArray[np.bool_], NDArray[np.str_] | None]:
    """Part the cells that have a label and a vector.

    Parameters
    ----------
    adata
        The cells.
    labels
        (n_cells,) the label of each.
    usable
        (n_cells,) which have a label and a vector.
    how
        How they are parted.

    Returns
    -------
    training : (n_cells,) bool array
        Which are fitted on; the other usable ones are held out.
    groups : (n_cells,) array of str, or None
        The group of each cell, empty for cells that aren't usable.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    ValuesError
        If a usable cell has no group, or the cells to fit on are of fewer than two classes.
    ArgumentError
        If a fraction means nothing, a group would stand on both sides, or there is one group only.
    """
    if not 0 < how.fraction <= 1:
        raise ArgumentError(
            f"train_fraction={how.fraction!r}", expected="a share above 0, at most 1", do="pass such a value"
        )
    if not usable.any():
        raise ValuesError(
            "no cell with a label whose vector isn't zero",
            expected="vectors of cells of which something is known",
            do="check that the genes of the data have vectors (genept cells embed tells the coverage)",
        )
    rows, codes = np.flatnonzero(usable), labels.codes[usable]
    groups = None if how.groups_key is None else _column(adata, how.groups_key)[usable]
    if groups is not None:
        refuse_gaps(groups, f"value in obs[{how.groups_key!r}]")
        groups = groups.astype(str)
    if how.train_key is not None:
        drawn = _marked(adata, how.train_key)[usable]
        if groups is not None:
            refuse_shared_groups(groups, drawn)
    elif how.fraction == 1:
        drawn = np.ones(len(rows), dtype=bool)
    elif groups is None:
        drawn = draw_cells(codes, how.fraction, rng=how.rng)
    else:
        drawn = draw_groups(codes, groups, how.fraction, rng=how.rng)
    _tell(labels, codes, drawn, groups=groups)
    training = np.zeros(len(usable), dtype=bool)
    training[rows[drawn]] = True
    if groups is None:
        return training, None
    all_groups = np.full(len(usable), "", dtype=groups.dtype)
    all_groups[rows] = groups
    return training, all_groups


def _tell(
    labels: pd.Categorical, codes: NDArray[Any], drawn: NDArray[np.bool_], *, groups: NDArray[Any] | None
) -> None:
    learned, held_out = set(codes[drawn]), set(codes[~drawn])
    whose = "" if groups is None else f", of {len(set(groups[drawn])):,} of {len(set(groups)):,} groups"
    if len(learned) < 2:
        names = name_some([labels.categories[code] for code in sorted(learned)])
        raise ValuesError(
            f"{int(drawn.sum()):,} cells to fit on{whose}, of one class only ({names})"
            if learned
            else "no cells to fit on",
            expected="cells of at least two classes to fit on",
            do="name a label that differs between cells, or fit on more cells or groups (train_fraction)",
        )
    log.info("fitting on %s of %s cells%s", f"{int(drawn.sum()):,}", f"{len(drawn):,}", whose)
    for missing, what in (
        (held_out - learned, "have no cells to learn from and can't be predicted"),
        (learned - held_out if held_out else set(), "have no held-out cells, so that no score tells of them"),
    ):
        if missing:
            names = name_some([labels.categories[code] for code in sorted(missing)])
            # Past the functions of this package, to who asked for fine-tuning.
            warnings.warn(f"{len(missing):,} classes {what}: {names}", GeneptWarning, stacklevel=4)


def _marked(adata: AnnData, key: str) -> NDArray[np.bool_]:
    values = _column(adata, key)
    if not all(isinstance(value, bool | np.bool_) for value in values):
        raise ValuesError(
            f"obs[{key!r}] with values such as {values[0]!r}",
            expected="True for the cells to fit on and False for the others",
            do=f"make such a column, for example adata.obs[{key!r}] = adata.obs['cohort'] == 'train'",
        )
    return values.astype(bool)


def _column(adata: AnnData, key: str) -> NDArray[Any]:
    return np.asarray(obs_column(adata, key), dtype=object)
