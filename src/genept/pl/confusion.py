"""What was taken for what."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import confusion_matrix as counted

from genept.errors import ArgumentError, ValuesError, name_some
from genept.pl.figure_file import axes_for, check_figure_file, save_figure
from genept.pl.style import SEQUENTIAL, ink_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def confusion_matrix(
    labels: ArrayLike,
    predicted: ArrayLike,
    names: Sequence[str],
    *,
    title: str | None = None,
    ax: "Axes | None" = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw how often each class was taken for each.

    A cell's colour is the share of its row, so that rare classes are seen as well as common ones; its
    number is the count. Cells of no count are empty.

    Parameters
    ----------
    labels
        n whole numbers, the true class of each: its place in ``names``.
    predicted
        n whole numbers, the class that was found.
    names
        Names of the classes.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure as large as the classes need.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: true classes from top to bottom, found ones from left to right.

    Raises
    ------
    ValuesError
        If the lengths differ, there is nothing, or a number has no name.
    ArgumentError
        If there are fewer than two names, or ``save`` ends otherwise than in .png, .pdf or .svg.
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
    """
    counts = _counts(np.asarray(labels), np.asarray(predicted), list(names))
    check_figure_file(save)
    n = len(names)
    ax = axes_for(ax, matrix_size(n))
    totals = counts.sum(axis=1, keepdims=True)
    # A class that never occurs has a row of zeros.
    shares = counts / np.maximum(totals, 1)
    image = ax.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    size = 9 if n <= 8 else 7.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        ax.text(
            column,
            row,
            f"{counts[row, column]:,}",
            ha="center",
            va="center",
            fontsize=size,
            color=ink_on(image.cmap(shares[row, column])),
        )
    ax.set_xticks(range(n), list(names), rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n), [f"{name} ({total:,})" for name, total in zip(names, totals[:, 0], strict=True)])
    ax.set_xticks(np.arange(n + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="#dddddd", linewidth=0.5)
    ax.tick_params(which="both", length=0, labelsize="small")
    ax.set(xlabel="predicted class", ylabel="true class (count)")
    ax.figure.colorbar(image, ax=ax, label="share of the true class", shrink=0.8)
    if title is not None:
        ax.set_title(title)
    save_figure(ax, save)
    return ax


def matrix_size(n_classes: int) -> tuple[float, float]:
    """Inches that the matrix of so many classes needs."""
    return 3.2 + 0.44 * n_classes, 2.4 + 0.40 * n_classes


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
