"""What is known of the cells of a data set, and what goes together in it: rows of ``labels.csv``."""

from itertools import combinations

import pandas as pd
from scipy.stats.contingency import association

from genept.benchmark.cells.labelled_cells import LabelledCells, Labels

COLUMNS = ("dataset", "target", "role", "classes", "n_cells", "n_missing", "n_dropped", "note")
# From here on two columns say much the same.
_MUCH = 0.5
# Pairs whose confounding bears on what a score means.
_PAIRS = {("label", "batch"), ("label", "condition"), ("batch", "condition"), ("label", "sample")}


def label_rows(cells: LabelledCells) -> list[dict[str, object]]:
    """Write a row for each column of a data set: its classes, what was left out, and what it goes with."""
    notes = _notes(cells)
    return [
        {
            "dataset": cells.name,
            "target": key,
            "role": role,
            "classes": ", ".join(
                f"{name} {size}" for name, size in pd.Series(cells.values[role]).value_counts().items()
            ),
            "n_cells": len(cells),
            "n_missing": cells.n_missing[role],
            "n_dropped": cells.n_rare if role == "label" else 0,
            "note": "; ".join(notes.get(role, [])),
        }
        for role, key in cells.keys.roles().items()
    ]


def confounding(one_key: str, one: Labels, other_key: str, other: Labels) -> str:
    """Say in words how far two columns say the same; empty where they hardly do.

    Parameters
    ----------
    one_key, other_key
        Names of the columns.
    one, other
        (n,) values.

    Examples
    --------
    >>> import numpy as np
    >>> confounding("celltype", np.array(["B", "B", "NK", "NK"]), "tech", np.array(["V2", "V2", "V3", "V3"]))
    "tech is confounded with celltype: each celltype occurs in one tech only (Cramer's V 1.00)"
    """
    table = pd.crosstab(one, other).to_numpy()
    if min(table.shape) < 2:
        return ""
    strength = float(association(table, method="cramer"))
    if ((table > 0).sum(axis=1) == 1).all():
        how = f"each {one_key} occurs in one {other_key} only"
    elif ((table > 0).sum(axis=0) == 1).all():
        how = f"each {other_key} holds one {one_key} only"
    elif strength >= _MUCH:
        return f"{other_key} goes with {one_key} (Cramer's V {strength:.2f})"
    else:
        return ""
    return f"{other_key} is confounded with {one_key}: {how} (Cramer's V {strength:.2f})"


def _notes(cells: LabelledCells) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    if cells.rare:
        notes["label"] = [f"left out, since fewer cells than folds have them: {cells.rare}"]
    roles = cells.keys.roles()
    for one, other in combinations(roles, 2):
        if roles[one] != roles[other] and {(one, other), (other, one)} & _PAIRS:
            said = confounding(roles[one], cells.values[one], roles[other], cells.values[other])
            if said:
                notes.setdefault(one, []).append(said)
                notes.setdefault(other, []).append(said)
    return notes
