"""Which labels lie in which clusters."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from anndata import AnnData

from genept.errors import UnknownNameError, ValuesError, name_some
from genept.pl.count_matrix import count_matrix_size, draw_counts
from genept.pl.figure_file import axes_for, check_figure_file, save_figure, show_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def label_heatmap(
    adata: AnnData,
    clusters: str,
    labels: str,
    *,
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw how the cells of each cluster are spread over labels.

    A square's colour is the share of its row, so that small clusters are seen as well as large ones; its
    number is the count of cells. Clusters stand in the order of the labels that most of their cells
    have: the nearer to a diagonal, the better clusters and labels agree.

    Parameters
    ----------
    adata
        Cells; not changed.
    clusters
        Column of ``obs`` for the rows, such as ``"leiden"``; any other grouping does too, such as
        predicted types.
    labels
        Column of ``obs`` for the columns, such as ``"celltype"``. Categories keep their order, other values
        come in the alphabet's. Cells without a value in either column are left out.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure as large as the names need.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: clusters from top to bottom, labels from left to right.

    Raises
    ------
    UnknownNameError
        If ``obs`` has no such column.
    ValuesError
        If no cell has a value in both columns.
    ArgumentError
        If ``save`` ends otherwise than in .png, .pdf or .svg.
    MissingDependencyError
        If matplotlib isn't installed.
    OutputError
        If ``save`` can't be written.

    Examples
    --------
    >>> import genept, matplotlib
    >>> matplotlib.use("agg")
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> axes = genept.pl.label_heatmap(adata, "louvain", "bulk_labels")
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('bulk_labels', 'louvain (cells)')
    """
    for column in (clusters, labels):
        if column not in adata.obs:
            raise UnknownNameError(
                f"no column {column!r} in obs",
                expected=f"one of: {name_some(adata.obs.columns, limit=20)}",
                do="name a column that is there",
            )
    return draw_label_heatmap(
        cluster_counts(adata.obs[clusters], adata.obs[labels]), title=title, ax=ax, show=show, save=save
    )


def cluster_counts(clusters: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Count the cells of each cluster and label, clusters in the order of their commonest labels.

    Parameters
    ----------
    clusters, labels
        n values each; pairs with a missing one are left out.

    Returns
    -------
    DataFrame
        Clusters x labels that occur, int64, both named as the columns were.

    Raises
    ------
    ValuesError
        If no pair is left.

    Examples
    --------
    >>> cluster_counts(pd.Series([0, 1, 1]), pd.Series(["T", "B", "B"])).to_numpy().tolist()
    [[2, 0], [0, 1]]
    """
    counts = pd.crosstab(np.asarray(clusters), np.asarray(labels))
    if counts.empty:
        raise ValuesError(
            f"no cell with a value in both {clusters.name!r} and {labels.name!r}",
            expected="at least one",
            do="name columns of which some cells have both",
        )
    counts = counts[_in_order(labels, counts.columns)].loc[_in_order(clusters, counts.index)]
    largest = counts.to_numpy().argmax(axis=1)
    share = counts.to_numpy().max(axis=1) / counts.to_numpy().sum(axis=1)
    # Of two clusters of one label, the purer comes first.
    counts = counts.iloc[np.lexsort((-share, largest))]
    counts.index.name, counts.columns.name = clusters.name, labels.name
    return counts


def draw_label_heatmap(
    counts: pd.DataFrame,
    *,
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw counts as :func:`label_heatmap` does.

    Parameters
    ----------
    counts
        Clusters x labels, as :func:`cluster_counts` gives them.
    title, ax, show, save
        As for :func:`label_heatmap`.
    """
    check_figure_file(save)
    rows, columns = [[str(name) for name in axis] for axis in (counts.index, counts.columns)]
    given, ax = ax is not None, axes_for(ax, count_matrix_size(rows, columns))
    draw_counts(ax, counts.to_numpy(), rows, columns, share="share of the cluster")
    ax.set(xlabel=str(counts.columns.name or "label"), ylabel=f"{counts.index.name or 'cluster'} (cells)")
    if title is not None:
        ax.set_title(title)
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def _in_order(values: pd.Series, there: pd.Index) -> list[object]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        known = set(there)
        return [name for name in values.cat.categories if name in known]
    return list(there)
