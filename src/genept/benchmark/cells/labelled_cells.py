"""The cells of a data set that are scored, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anndata import AnnData
from numpy.typing import NDArray

from genept.benchmark.cells.keys import Keys
from genept.benchmark.protocols.splits import N_FOLDS
from genept.errors import UnknownNameError, ValuesError, name_some
from genept.tl.matrix import MeasuredCells, measured_cells

# What pandas and h5ad files write in place of a missing value.
_MISSING = frozenset({"", "nan", "NaN", "None", "<NA>"})
Labels = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class LabelledCells:
    """Cells that are scored: the same ones for every representation.

    Parameters
    ----------
    name
        Of the data set.
    keys
        Its columns.
    rows
        (n,) which cells of the data set they are, from 0.
    measured
        Their expression.
    obsm
        Representations that came with the data set, by key, (n, d) each.
    values
        By role (``"label"``, ``"batch"``, ...) an (n,) array of strings.
    n_missing
        By role, how many cells lacked a value, and were left out for it.
    n_rare
        Cells left out because too few share their label.
    rare
        Those labels, with their numbers of cells.
    """

    name: str
    keys: Keys
    rows: NDArray[np.intp]
    measured: MeasuredCells
    obsm: Mapping[str, object]
    values: Mapping[str, Labels]
    n_missing: Mapping[str, int]
    n_rare: int
    rare: str

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def patients(self) -> Labels | None:
        """(n,) who is never on both sides of a split: patients, else samples."""
        return self.values.get("patient", self.values.get("sample"))

    @property
    def patient_key(self) -> str | None:
        """The column that they stand in."""
        return self.keys.patient or self.keys.sample


def label_cells(
    name: str,
    adata: AnnData,
    keys: Keys,
    *,
    drop_rare: bool,
    layer: str | None = None,
    use_raw: bool = False,
) -> LabelledCells:
    """Take the cells of a data set of which everything is known.

    Parameters
    ----------
    name
        Of the data set.
    adata
        Cells x genes; not changed.
    keys
        Its columns.
    drop_rare
        Whether labels of fewer cells than there are folds are left out, with their cells.
    layer, use_raw
        Which matrix, as for :func:`genept.tl.embed_cells`.

    Raises
    ------
    UnknownNameError
        If there is no such column, layer or raw.
    ValuesError
        If fewer than two labels, batches or conditions are left, every cell has another label, a sample
        has two conditions or two patients, or the matrix can't be used.
    """
    all_values = {role: _column(name, adata, key) for role, key in keys.roles().items()}
    missing = {role: pd.isna(values) for role, values in all_values.items()}
    kept = ~np.logical_or.reduce(list(missing.values()))
    rare: dict[str, int] = {}
    if drop_rare and "label" in all_values:
        sizes = all_values["label"][kept].value_counts()
        rare = {str(label): int(size) for label, size in sizes.items() if size < N_FOLDS}
    is_rare = kept & (all_values["label"].isin(list(rare)).to_numpy() if rare else False)
    kept &= ~is_rare
    values = {role: column[kept].to_numpy(dtype=str) for role, column in all_values.items()}
    _check(name, keys, values, rare)
    part = adata if kept.all() else adata[kept].copy()
    return LabelledCells(
        name=name,
        keys=keys,
        rows=np.flatnonzero(kept),
        measured=measured_cells(part, layer=layer, use_raw=use_raw),
        obsm=dict(part.obsm),
        values=values,
        n_missing={role: int(there.sum()) for role, there in missing.items()},
        n_rare=int(is_rare.sum()),
        rare=", ".join(f"{label} {size}" for label, size in rare.items()),
    )


def _column(name: str, adata: AnnData, key: str) -> "pd.Series[str]":
    if key not in adata.obs:
        raise UnknownNameError(
            f"no column {key!r} in obs of the data set {name!r}",
            expected=f"one of: {name_some(map(str, adata.obs.columns), 20) or 'none, there are no columns'}",
            do=f"name one of these; for this data set alone with {name}=COLUMN",
        )
    column = adata.obs[key]
    words = column.astype(object).where(column.notna(), "").astype(str)
    return pd.Series(words.to_numpy(dtype=object)).where(~words.isin(_MISSING).to_numpy())


def _check(name: str, keys: Keys, values: Mapping[str, Labels], rare: Mapping[str, int]) -> None:
    for role, key in keys.roles().items():
        classes = np.unique(values[role])
        if role != "label" and role != "batch" and role != "condition":
            continue
        if len(classes) < 2:
            also = f", besides rare ones ({name_some(rare)})" if role == "label" and rare else ""
            raise ValuesError(
                f"{len(classes)} {role} ({name_some(classes) or 'none'}) in {key!r} of the data set "
                f"{name!r}{also}",
                expected="two or more to tell apart",
                do="name another column, or leave this data set out",
            )
        if role == "label" and len(classes) >= len(values[role]):
            raise ValuesError(
                f"another label for each of the {len(classes):,} cells in {key!r} of the data set {name!r}",
                expected="labels that cells share",
                do="name another column",
            )
    if "condition" in values:
        _refuse_two(name, keys, values, "sample", "condition")
    if "patient" in values:
        _refuse_two(name, keys, values, "sample", "patient")


def _refuse_two(name: str, keys: Keys, values: Mapping[str, Labels], one: str, other: str) -> None:
    """Refuse a sample in two conditions or of two patients: it would stand on both sides."""
    pairs = pd.DataFrame({"one": values[one], "other": values[other]}).drop_duplicates()
    twice = sorted(pairs["one"][pairs["one"].duplicated()].unique())
    if twice:
        raise ValuesError(
            f"samples of the data set {name!r} with more than one {other} "
            f"({getattr(keys, other)!r}): {name_some(twice)}",
            expected=f"one {other} for each sample ({getattr(keys, one)!r})",
            do="name with --sample-key a column that tells samples of one patient apart, and with "
            "--patient-key who they are from, so that a patient is never on both sides of a split",
        )
