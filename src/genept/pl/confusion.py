"""What was taken for what."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import confusion_matrix as counted

from genept.errors import ArgumentError, ValuesError, name_some
from genept.pl.count_matrix import count_matrix_size, draw_counts
from genept.pl.figure_file import axes_for, check_figure_file, save_figure, show_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def confusion_matrix(
    labels: ArrayLike,
    predicted: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw how often each class was taken for each.

    A square's colour is the share of its row, so that rare classes are seen as well as common ones; its
    number is the count. Squares of no count are empty.

    Parameters
    ----------
    labels
        The true class of each of n: columns such as ``adata.obs["celltype"]``, or whole numbers.
    predicted
        n classes that were found, of the same kind.
    names
        Names of the classes, of which whole numbers are places. Needed for them; without, labels are
        names themselves, and classes come in the order of categories, or else of the alphabet.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure as large as the classes and their names need.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: true classes from top to bottom, found ones from left to right.

    Raises
    ------
    ValuesError
        If the lengths differ, there is nothing, a value is missing, or a number has no name.
    ArgumentError
        If there are fewer than two classes, or ``save`` ends otherwise than in .png, .pdf or .svg.
    MissingDependencyError
        If matplotlib isn't installed.
    OutputError
        If ``save`` can't be written.

    Examples
    --------
    >>> import genept, matplotlib
    >>> matplotlib.use("agg")
    >>> axes = genept.pl.confusion_matrix([0, 0, 1], [0, 1, 1], ["lncRNA", "protein coding"])
    >>> axes.images[0].get_array().tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    >>> axes = genept.pl.confusion_matrix(["B", "T", "T"], ["B", "T", "NK"])
    >>> [tick.get_text() for tick in axes.get_xticklabels()]
    ['B', 'NK', 'T']
    """
    if names is None:
        names, (labels, predicted) = _by_place(labels, predicted)
    counts = _counts(np.asarray(labels), np.asarray(predicted), list(names))
    check_figure_file(save)
    given, ax = ax is not None, axes_for(ax, matrix_size(names))
    draw_counts(ax, counts, names, names, share="share of the true class")
    ax.set(xlabel="predicted class", ylabel="true class (count)")
    if title is not None:
        ax.set_title(title)
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def matrix_size(names: Sequence[str]) -> tuple[float, float]:
    """Inches that the matrix of these classes needs."""
    return count_matrix_size(names, names)


def _by_place(*columns: Any) -> tuple[list[str], list[NDArray[np.int_]]]:
    """Names of the classes of columns, and each column as places in them."""
    values = [pd.Series(column) for column in columns]
    missing = sum(int(column.isna().sum()) for column in values)
    if missing:
        raise ValuesError(
            f"{missing:,} missing classes",
            expected="a class for each, true and found",
            do="leave these out, or give them a name such as 'unassigned'",
        )
    # Categories first, of which some may not occur; names that only the other column has come last.
    ordered = [
        name
        for column in values
        for name in (column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else ())
    ]
    others = sorted({name for column in values for name in column} - set(ordered), key=str)
    names = pd.Index(list(dict.fromkeys([*ordered, *others])))
    return [str(name) for name in names], [np.asarray(names.get_indexer(column)) for column in values]


def _counts(labels: NDArray[np.int_], predicted: NDArray[np.int_], names: list[str]) -> NDArray[np.int_]:
    if len(names) < 2:
        raise ArgumentError(f"{len(names)} class names", expected="at least two", do="name every class")
    if labels.ndim != 1 or labels.shape != predicted.shape or not len(labels):
        raise ValuesError(
            f"labels of shape {labels.shape}, predicted classes of shape {predicted.shape}",
            expected="as many predicted classes as labels, at least one",
            do="pass them in one order",
        )
    both = np.concatenate([labels, predicted])
    unnamed = [str(one) for one in np.unique(both) if one not in range(len(names))]
    if unnamed:
        raise ValuesError(
            f"classes {name_some(unnamed)} without a name",
            expected=f"whole numbers from 0 to {len(names) - 1}, places in names",
            do="name every class, in order",
        )
    return np.asarray(counted(labels, predicted, labels=range(len(names))))
