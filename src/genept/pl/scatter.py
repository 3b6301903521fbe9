"""Points in two dimensions, coloured by categories or numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MISSING = "#d3d3d3"

LegendLoc = Literal["right margin", "on data"]


def scatter(
    ax: "Axes",
    points: NDArray[np.floating],
    values: pd.Series | None,
    palette: Sequence[str] | None = None,
    *,
    legend_loc: LegendLoc = "right margin",
) -> None:
    """Draw (n, 2) ``points`` on ``ax``; small ones where there are many, the rarest category on top.

    Parameters
    ----------
    ax
        Axes to draw on.
    points
        (n, 2) coordinates.
    values
        n categories or numbers, or None for one colour.
    palette
        Colours of the categories, in their order; by default matplotlib's.
    legend_loc
        Where the names of categories stand: beside the figure, or also at the median of their points.
    """
    x, y = points[:, 0], points[:, 1]
    size = float(np.clip(12_000 / len(points), 1, 30))
    if values is None:
        ax.scatter(x, y, s=size, linewidths=0)
    elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        drawn = ax.scatter(
            x, y, c=values.to_numpy(), cmap="viridis", plotnonfinite=False, s=size, linewidths=0
        )
        ax.figure.colorbar(drawn, ax=ax, label=str(values.name))
    else:
        _categories(ax, points, values.astype("category"), palette, size)
        if legend_loc == "on data":
            _write_names(ax, points, values.astype("category"))
    ax.set(xlabel="UMAP 1", ylabel="UMAP 2", xticks=[], yticks=[])
    ax.spines[["top", "right"]].set_visible(False)


def _categories(
    ax: "Axes",
    points: NDArray[np.floating],
    values: pd.Series,
    palette: Sequence[str] | None,
    size: float,
) -> None:
    x, y = points[:, 0], points[:, 1]
    names = list(values.cat.categories)
    colors = list(palette) if palette is not None and len(palette) >= len(names) else _colors(len(names))
    missing = values.isna().to_numpy()
    if missing.any():
        ax.scatter(
            x[missing],
            y[missing],
            color=_MISSING,
            label=f"no value ({missing.sum():,})",
            s=size,
            linewidths=0,
        )
    often = values.value_counts()
    for name, color in zip(names, colors, strict=False):
        chosen = (values == name).to_numpy()
        # What is rare would be lost below what is not.
        ax.scatter(
            x[chosen],
            y[chosen],
            color=color,
            label=f"{name} ({chosen.sum():,})",
            s=size if often[name] > often.max() / 10 else 3 * size,
            linewidths=0,
            zorder=2 + 1 / (1 + often[name]),
        )
    legend = ax.legend(
        title=str(values.name), loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize="small"
    )
    for handle in legend.legend_handles:
        if handle is not None:
            handle.set(sizes=[40])


def _write_names(ax: "Axes", points: NDArray[np.floating], values: pd.Series) -> None:
    from matplotlib.patheffects import withStroke

    for name in values.cat.categories:
        chosen = (values == name).to_numpy()
        if chosen.any():
            x, y = np.median(points[chosen], axis=0)
            text = ax.text(x, y, str(name), ha="center", va="center", fontsize="small", zorder=4)
            text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _colors(n: int) -> list[str]:
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    # tab10 and tab20 tell categories apart; beyond twenty no palette does.
    if n <= 20:
        return [to_hex(color) for color in mpl.color_sequences["tab10" if n <= 10 else "tab20"]][:n]
    return [to_hex(color) for color in mpl.colormaps["turbo"](np.linspace(0, 1, n))]
