"""Scores of several representations with their intervals."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import pandas as pd

from genept.errors import UnknownNameError, ValuesError, name_some
from genept.pl.figure_file import axes_for, check_figure_file, legend_below, save_figure, show_figure
from genept.pl.style import COLORS, MARKERS, REFERENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANCE = (0.0, (4.0, 3.0))
# Beside the filled points of embeddings.
_FILLING: dict[str, dict[str, Any]] = {
    "baseline": {"markerfacecolor": "#c8c8c8"},
    "control": {"markerfacecolor": "white"},
    "masked": {"fillstyle": "left", "markerfacecoloralt": "white"},
}
_SAID = (
    ("baseline", "grey inside: a baseline"),
    ("control", "open: a control"),
    ("masked", "half: words masked"),
)
# Kinds that have a part of the chart of their own.
_APART = ("baseline", "control")
_NEEDED = ("name", "mean", "low", "high")


def scores(
    frame: pd.DataFrame,
    *,
    chance: float | None = None,
    chance_label: str = "chance",
    xlabel: str = "score",
    title: str | None = None,
    ax: "Axes | None" = None,
    show: bool | None = None,
    save: str | Path | None = None,
) -> "Axes":
    """Draw the score of each representation as a point with its 95 % interval.

    Points, not bars: what matters is whether intervals overlap, and a bar's length from zero means
    nothing for a score whose chance level isn't zero.

    Parameters
    ----------
    frame
        One row per point, with columns ``name``, ``mean``, ``low``, ``high`` (the interval, or missing
        where there is none), and optionally ``kind`` (``"baseline"`` is drawn grey inside and ``"control"``
        open, each below a line, ``"masked"`` half filled, anything else filled) and ``series`` (such as the
        classifier: several points on the line of a name, told apart by shape and colour). A missing
        ``mean`` is written as "not computed".
    chance
        Score of guessing, drawn as a broken line.
    chance_label
        What that line is called in the legend.
    xlabel
        What the score is.
    title
        Above the figure.
    ax
        Axes to draw on; by default a new figure as high as the names need.
    show
        Whether to show it now; by default a new figure is shown where matplotlib is interactive, as in
        notebooks.
    save
        A file to write the figure to (PNG, PDF or SVG by its ending).

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on: names from top to bottom in the frame's order, baselines and then controls last.

    Raises
    ------
    UnknownNameError
        If a column is missing.
    ValuesError
        If there is no row, a name has two rows of one series, or an interval ends below its
        beginning.
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
    >>> frame = pd.DataFrame(
    ...     {
    ...         "name": ["random vectors", "minilm"],
    ...         "kind": ["control", "embedding"],
    ...         "mean": [0.51, 0.89],
    ...         "low": [0.46, 0.86],
    ...         "high": [0.56, 0.92],
    ...     }
    ... )
    >>> axes = genept.pl.scores(frame, chance=0.5, xlabel="ROC AUC")
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['minilm', 'random vectors']
    """
    rows = _checked(frame)
    check_figure_file(save)
    heights, borders = _lines(rows.groupby("name", sort=False)["kind"].first())
    series = list(dict.fromkeys(rows["series"]))
    given, ax = ax is not None, axes_for(ax, chart_size(rows))
    for i, one in enumerate(series):
        offset = 0.0 if len(series) == 1 else 0.44 * (i / (len(series) - 1) - 0.5)
        _draw_series(ax, rows[rows["series"] == one], heights, (i, offset))
    if chance is not None:
        ax.axvline(chance, color=REFERENCE, linestyle=CHANCE, linewidth=1.3, zorder=1)
    for border in borders:
        ax.axhline(border, color="#bbbbbb", linewidth=0.8, zorder=0)
    ax.set_yticks(list(heights.values()), [_label(name) for name in heights])
    ax.set_ylim(max(heights.values()) + 0.6, -0.6)
    ax.set_xlabel(xlabel)
    ax.grid(axis="x", color="#e6e6e6", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    _add_legend(ax, rows, chance=None if chance is None else chance_label)
    if title is not None:
        ax.set_title(title, loc="left")
    save_figure(ax, save)
    show_figure(show, given=given)
    return ax


def chart_size(frame: pd.DataFrame) -> tuple[float, float]:
    """Inches that the chart of these scores needs: as high as there are names and series."""
    n_series = frame["series"].nunique() if "series" in frame else 1
    lines = max(_label(name).count("\n") + 1 for name in frame["name"])
    return 7.2, 1.7 + frame["name"].nunique() * max(0.2 + 0.16 * n_series, 0.06 + 0.17 * lines)


def _lines(kinds: "pd.Series[str]") -> tuple[dict[str, float], list[float]]:
    """Height of each name's line, and of the lines that part embeddings, baselines and controls."""
    groups = [kinds.index[~kinds.isin(_APART)], *(kinds.index[kinds == kind] for kind in _APART)]
    heights: dict[str, float] = {}
    borders = []
    for group in groups:
        # Half a line more between groups, for the line that parts them.
        if heights and len(group):
            borders.append(max(heights.values()) + 0.75)
        start = max(heights.values()) + 1.5 if heights else 0.0
        heights |= {name: start + i for i, name in enumerate(group)}
    return heights, borders


def _label(name: str) -> str:
    return fill(name, 34)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    for column in _NEEDED:
        if column not in frame:
            raise UnknownNameError(
                f"no column {column!r} in the scores",
                expected=f"columns {', '.join(_NEEDED)}, and kind and series if you like",
                do=f"rename one of: {name_some(map(str, frame.columns), limit=20)}",
            )
    rows = frame.assign(
        kind=frame.get("kind", "embedding"),
        series=frame["series"].astype(str) if "series" in frame else "",
    )
    twice = rows.loc[rows.duplicated(["name", "series"]), "name"]
    reversed_ = rows.loc[rows["low"] > rows["high"], "name"]
    if rows.empty or len(twice) or len(reversed_):
        found = "no score to draw"
        if len(twice):
            found = f"two scores of {name_some(twice.astype(str))}"
        elif len(reversed_):
            found = f"an interval that ends below its beginning: {name_some(reversed_.astype(str))}"
        raise ValuesError(
            found,
            expected="one row for each name and series, with low <= high",
            do="choose one task and one metric, and check the columns low and high",
        )
    return rows


def _draw_series(ax: "Axes", rows: pd.DataFrame, heights: dict[str, float], place: tuple[int, float]) -> None:
    i, offset = place
    color = COLORS[i % len(COLORS)]
    for name, kind, mean, low, high in zip(
        rows["name"], rows["kind"], rows["mean"], rows["low"], rows["high"], strict=True
    ):
        height = heights[name] + offset
        if pd.isna(mean):
            ax.text(
                0.01,
                height,
                "not computed",
                transform=ax.get_yaxis_transform(),
                va="center",
                color="#555555",
                fontsize="small",
                style="italic",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
            continue
        if not (pd.isna(low) or pd.isna(high)):
            ax.plot([low, high], [height, height], color=color, linewidth=1.8, solid_capstyle="butt")
        ax.plot(
            [mean],
            [height],
            marker=MARKERS[i % len(MARKERS)],
            markersize=6.5,
            color=color,
            markeredgewidth=1.5,
            linestyle="none",
            **_FILLING.get(kind, {}),
        )


def _add_legend(ax: "Axes", rows: pd.DataFrame, *, chance: str | None) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for i, (one, kinds) in enumerate(rows.groupby("series", sort=False)["kind"].unique().items()):
        if one:
            filling = _FILLING.get(kinds[0], {}) if len(kinds) == 1 else {}
            color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
            handles.append(Line2D([], [], color=color, marker=marker, label=str(one), **filling))
    handles += [
        Line2D([], [], color="#333333", marker="o", linestyle="none", label=label, **_FILLING[kind])
        for kind, label in _SAID
        if (rows["kind"] == kind).any()
    ]
    if chance is not None:
        handles.append(Line2D([], [], color=REFERENCE, linestyle=CHANCE, label=chance))
    if handles:
        legend_below(ax, handles=handles, ncols=2, fontsize="small")
