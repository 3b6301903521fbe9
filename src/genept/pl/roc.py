"""ROC curves of several classifiers, each the mean of its folds."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import auc, roc_curve

from genept.errors import UnknownNameError, ValuesError, name_some
from genept.pl.figure_file import axes_for, check_figure_file, legend_below, save_figure, show_figure
from genept.pl.style import REFERENCE, Style, styles_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Fold = tuple[ArrayLike, ArrayLike]

# False positive rates at which folds are averaged: steps of half a per cent, finer than a line is wide.
GRID = np.linspace(0, 1, 201)


def roc_curves(
    curves: Mapping[str, Sequence[Fold]],
    *,
    controls: Collection[str] = (),
    band: Collection[str] = (),
    styles: Mapping[str, Style] | None = None,
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw the mean ROC curve of each classifier over its folds.

    The true positive rates of the folds are averaged at each false positive rate (vertical
    averaging); the legend gives the mean of the folds' areas under the curve.

    Parameters
    ----------
    curves
        Name to folds; a fold is (labels, scores): n labels, 0 or 1, with both present, and n finite
        scores, higher where 1 is more likely.
    controls
        Names that are controls: grey, broken, with open markers.
    band
        Names that get a band of one standard deviation of the folds; by default none, since several
        bands hide each other.
    styles
        Style of each name, to make several figures agree; by default
        :func:`genept.pl.style.styles_of` of the names.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: the diagonal, then a line for each name.

    Raises
    ------
    ValuesError
        If there is no curve, a curve has no fold, or a fold lacks a class or has other labels than 0
        and 1, scores that aren't finite, or not as many scores as labels.
    UnknownNameError
        If ``controls`` or ``band`` name no curve, or ``styles`` lacks one.
    ArgumentError
        If ``save`` ends otherwise than in .png, .pdf or .svg.
    MissingDependencyError
        If matplotlib isn't installed.
    OutputError
        If ``save`` can't be written.

    References
    ----------
    Fawcett, Pattern Recognition Letters 27 (2006) 861-874, on vertical averaging.

    Examples
    --------
    >>> import genept, matplotlib
    >>> matplotlib.use("agg")
    >>> fold = ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> axes = genept.pl.roc_curves({"minilm": [fold, fold]}, title="dosage sensitivity")
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['minilm  0.750']
    """
    _check_names(curves, [*controls, *band], styles)
    means = {name: _mean_curve(name, folds) for name, folds in curves.items()}
    check_figure_file(save)
    given, ax = ax is not None, axes_for(ax, roc_size(len(curves)))
    chosen = styles_of(list(curves), controls=set(controls)) if styles is None else styles
    ax.plot([0, 1], [0, 1], color=REFERENCE, linewidth=0.8, linestyle=(0, (2, 3)))
    for i, (name, (area, rates, spread)) in enumerate(means.items()):
        style = chosen[name]
        ax.plot(
            # From the origin, where a curve may rise at once.
            np.r_[0.0, GRID],
            np.r_[0.0, rates],
            label=f"{fill(name, 54)}  {area:.3f}",
            zorder=3 if style.filled else 2,
            # Markers of different curves stand at different places, or they would hide each other.
            markevery=(5 + 25 * i // len(means), 25),
            **_line(style),
        )
        if name in band:
            low, high = np.clip(rates - spread, 0, 1), np.clip(rates + spread, 0, 1)
            ax.fill_between(GRID, low, high, color=style.color, alpha=0.15, linewidth=0)
    ax.set(xlabel="false positive rate", ylabel="true positive rate", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    ax.spines[["top", "right"]].set_visible(False)
    legend_below(
        ax, fontsize="small", title="mean AUC of the folds", title_fontsize="small", handlelength=3.6
    )
    if title is not None:
        ax.set_title(title)
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def roc_size(n_curves: int) -> tuple[float, float]:
    """Inches that a figure of so many curves needs, with its legend."""
    return 5.2, 5.7 + 0.18 * n_curves


def _line(style: Style) -> dict[str, Any]:
    return {
        "color": style.color,
        "linestyle": style.line,
        "linewidth": 1.8 if style.filled else 1.2,
        "marker": style.marker,
        "markersize": 5,
        "markerfacecolor": style.color if style.filled else "white",
    }


def _check_names(
    curves: Mapping[str, Sequence[Fold]], named: Collection[str], styles: Mapping[str, Style] | None
) -> None:
    if not curves:
        raise ValuesError("no ROC curve to draw", expected="at least one name with folds", do="pass curves")
    for name in named:
        if name not in curves:
            raise UnknownNameError(
                f"no curve {name!r}",
                expected=f"names of curves: {name_some(curves, limit=20)}",
                do="name a curve that is there in controls= and band=",
            )
    for name in curves if styles is not None else ():
        if name not in (styles or {}):
            raise UnknownNameError(
                f"no style for the curve {name!r}",
                expected="a style for each curve",
                do="make styles by genept.pl.style.styles_of of all names",
            )


def _mean_curve(name: str, folds: Sequence[Fold]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Mean area, and mean and standard deviation of the true positive rates on the grid."""
    if not folds:
        raise ValuesError(
            f"no fold of {name!r}", expected="at least one (labels, scores)", do="leave the curve out"
        )
    areas, rates = [], []
    for fold in folds:
        labels, scores = _checked(name, fold)
        false_rates, true_rates, _ = roc_curve(labels, scores)
        rates.append(np.interp(GRID, false_rates, true_rates))
        areas.append(auc(false_rates, true_rates))
    return float(np.mean(areas)), np.mean(rates, axis=0), np.std(rates, axis=0)


def _checked(name: str, fold: Fold) -> tuple[NDArray[Any], NDArray[Any]]:
    labels, scores = np.asarray(fold[0]), np.asarray(fold[1], dtype=np.float64)
    if labels.ndim != 1 or labels.shape != scores.shape or not np.isfinite(scores).all():
        raise ValuesError(
            f"a fold of {name!r} with labels of shape {labels.shape} and scores of shape {scores.shape}",
            expected="as many finite scores as labels",
            do="leave out what couldn't be scored",
        )
    present = set(np.unique(labels).tolist())
    if present != {0, 1}:
        raise ValuesError(
            f"labels {name_some(map(str, sorted(present)))} in a fold of {name!r}",
            expected="0 and 1, both present",
            do="leave out folds with one class",
        )
    return labels, scores
