"""Figures of benchmarks: what is drawn, that it reads without colours, and what is refused."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

import genept
from genept.errors import ArgumentError, OutputError, UnknownNameError, ValuesError
from genept.pl.style import COLORS, styles_of


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    yield
    plt.close("all")


def fold(seed: int, n: int = 60) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    labels = np.r_[1, 0, rng.integers(0, 2, n - 2)]
    # Rounded, so that there are ties.
    return labels, np.round(rng.normal(size=n) + labels, 1)


def naive_auc(labels: NDArray[np.int_], scores: NDArray[np.float64]) -> float:
    """Share of pairs of a one and a zero that are in the right order; ties count half."""
    pairs = list(product(scores[labels == 1], scores[labels == 0]))
    return float(sum((one > zero) + 0.5 * (one == zero) for one, zero in pairs) / len(pairs))


def texts(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


# ROC curves


def test_a_curve_is_the_vertical_mean_of_its_folds() -> None:
    """Of a perfect fold and one that is always wrong: half of the ones are found until the end."""
    labels = [0, 0, 1, 1]
    ax = genept.pl.roc_curves({"both": [(labels, [1, 2, 3, 4]), (labels, [4, 3, 2, 1])]}, band=["both"])
    line = ax.lines[1]
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert (x[0], y[0]) == (0, 0)
    assert (x[-1], y[-1]) == (1, 1)
    np.testing.assert_array_equal(y[1:-1], 0.5)
    assert texts(ax) == ["both  0.500"]
    # One standard deviation of 0 and 1, both ways.
    low, high = ax.collections[0].get_datalim(ax.transData).intervaly
    assert (low, high) == (0, 1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
def test_the_area_is_the_mean_of_the_folds_areas(seeds: list[int]) -> None:
    folds = [fold(seed) for seed in seeds]
    expected = np.mean([naive_auc(*one) for one in folds])
    _, ax = plt.subplots()
    genept.pl.roc_curves({"one": folds}, ax=ax)
    assert texts(ax) == [f"one  {expected:.3f}"]
    line = ax.lines[1]
    # The drawn curve has steps of half a per cent.
    drawn = np.trapezoid(np.asarray(line.get_ydata()), np.asarray(line.get_xdata()))
    assert drawn == pytest.approx(expected, abs=0.01)
    plt.close("all")


def test_scores_matter_by_their_order_only() -> None:
    labels, scores = fold(3)
    one, two = (
        genept.pl.roc_curves({"a": [(labels, values)]}).lines[1].get_ydata()
        for values in (scores, np.exp(scores) - 7)
    )
    np.testing.assert_array_equal(one, two)


def test_controls_are_open_and_grey_and_bands_only_where_asked() -> None:
    curves = {"minilm": [fold(0)], "random vectors": [fold(1)]}
    ax = genept.pl.roc_curves(curves, controls=["random vectors"], title="Dosage")
    _, embedding, control = ax.lines
    assert (embedding.get_color(), embedding.get_markerfacecolor()) == (COLORS[0], COLORS[0])
    assert len(set(to_rgb(str(control.get_color())))) == 1
    assert control.get_markerfacecolor() == "white"
    assert not ax.collections
    assert ax.get_title() == "Dosage"
    banded = genept.pl.roc_curves(curves, band=list(curves))
    assert len(banded.collections) == 2


def test_one_name_looks_the_same_in_two_figures() -> None:
    styles = styles_of(["a", "b", "c"])
    ax = genept.pl.roc_curves({"c": [fold(0)]}, styles=styles)
    assert ax.lines[1].get_color() == styles["c"].color != COLORS[0]


def test_long_names_and_many_curves_stay_inside_the_figure(tmp_path: Path) -> None:
    curves = {f"{i} {'a long name of an embedding ' * 3}": [fold(i)] for i in range(9)}
    ax = genept.pl.roc_curves(curves, save=tmp_path / "roc.png")
    assert_inside(ax)


@pytest.mark.parametrize(
    ("curves", "found"),
    [
        ({}, "no ROC curve"),
        ({"a": []}, "no fold of 'a'"),
        ({"a": [([0, 0], [1.0, 2.0])]}, "labels 0 in a fold of 'a'"),
        ({"a": [([0, 2], [1.0, 2.0])]}, "labels 0, 2"),
        ({"a": [([0, 1, 1], [1.0, 2.0])]}, "shape"),
        ({"a": [([0, 1], [1.0, np.nan])]}, "finite"),
    ],
)
def test_roc_curves_refuses(curves: Any, found: str) -> None:
    with pytest.raises(ValuesError, match=found):
        genept.pl.roc_curves(curves)


def test_roc_curves_refuses_names_of_no_curve() -> None:
    with pytest.raises(UnknownNameError, match="no curve 'b'"):
        genept.pl.roc_curves({"a": [fold(0)]}, band=["b"])
    with pytest.raises(UnknownNameError, match="no style for the curve 'a'"):
        genept.pl.roc_curves({"a": [fold(0)]}, styles=styles_of(["b"]))


# Styles


def test_series_differ_without_their_colours() -> None:
    """In grey, shape, line and filling are left; they tell ten embeddings and ten controls apart."""
    names = [f"{i}" for i in range(20)]
    styles = styles_of(names, controls=names[10:])
    assert list(styles) == names
    assert len({(s.line, s.marker, s.filled) for s in styles.values()}) == 20
    assert all(styles[name].filled == (name in names[:10]) for name in names)


def test_many_series_still_get_styles() -> None:
    assert len({(s.color, s.line, s.marker) for s in styles_of(list(map(str, range(40)))).values()}) == 40


# Scores


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["random", "random", "minilm", "minilm", "PCA"],
            "kind": ["control", "control", "embedding", "embedding", "control"],
            "series": ["LR", "RF", "LR", "RF", "LR"],
            "mean": [0.5, 0.52, 0.9, 0.88, np.nan],
            "low": [0.45, np.nan, 0.87, 0.85, np.nan],
            "high": [0.55, np.nan, 0.93, 0.91, np.nan],
        }
    )


def test_scores_draws_points_with_whiskers(frame: pd.DataFrame) -> None:
    ax = genept.pl.scores(frame, chance=0.5, xlabel="ROC AUC")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["minilm", "random", "PCA"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # first on top
    marked = [line for line in ax.lines if line.get_linestyle() == "None"]
    points = {float(np.asarray(line.get_xdata())[0]): line for line in marked}
    assert set(points) == {0.5, 0.52, 0.9, 0.88}
    assert points[0.5].get_markerfacecolor() == "white" != points[0.9].get_markerfacecolor()
    assert points[0.9].get_marker() != points[0.88].get_marker()
    assert points[0.9].get_color() != points[0.88].get_color()
    whiskers = {tuple(np.asarray(line.get_xdata())) for line in ax.lines if line not in marked}
    assert {(0.45, 0.55), (0.87, 0.93), (0.85, 0.91), (0.5, 0.5)} <= whiskers
    assert [text.get_text() for text in ax.texts] == ["not computed"]
    assert texts(ax) == ["LR", "RF", "open: a control", "chance"]
    assert ax.get_xlabel() == "ROC AUC"


def test_masked_texts_are_half_filled(frame: pd.DataFrame) -> None:
    ax = genept.pl.scores(frame[2:3].assign(kind="masked"))
    (point,) = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert point.get_fillstyle() == "left"
    assert texts(ax) == ["LR", "half: words masked"]


def test_baselines_stand_between_embeddings_and_controls(frame: pd.DataFrame) -> None:
    ax = genept.pl.scores(frame.assign(kind=["baseline", "baseline", "embedding", "embedding", "control"]))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["minilm", "random", "PCA"]
    heights = ax.get_yticks()
    borders = [
        float(np.asarray(line.get_ydata())[0])
        for line in ax.lines
        if list(np.asarray(line.get_xdata())) == [0, 1]
    ]
    assert [heights[0] < borders[0] < heights[1], heights[1] < borders[1] < heights[2]] == [True, True]
    faces = {line.get_markerfacecolor() for line in ax.lines if line.get_linestyle() == "None"}
    assert "#c8c8c8" in faces
    assert "grey inside: a baseline" in texts(ax)


def test_scores_needs_neither_kind_nor_series(frame: pd.DataFrame) -> None:
    few = frame[frame["series"] == "LR"].drop(columns=["kind", "series"])
    _, given_ax = plt.subplots()
    ax = genept.pl.scores(few, title="Dosage", ax=given_ax)
    assert ax is given_ax
    assert ax.get_legend() is None
    assert [label.get_text() for label in ax.get_yticklabels()] == ["random", "minilm", "PCA"]


def test_the_chart_holds_its_labels_however_few_or_long(frame: pd.DataFrame, tmp_path: Path) -> None:
    long = "an embedding whose name is longer than any line of a figure is, and three lines of this one"
    one = frame[2:3].assign(name=long)
    ax = genept.pl.scores(one, chance=0.8, chance_label="x" * 30, save=tmp_path / "a.png")
    assert_inside(ax)
    twins = pd.concat([one, one.assign(name=f"{long}.")])
    ax = genept.pl.scores(twins, save=tmp_path / "c.png")
    upper, lower = (label.get_window_extent() for label in ax.get_yticklabels())
    assert upper.ymin > lower.ymax
    assert_inside(genept.pl.scores(frame, chance=0.8, save=tmp_path / "b.png"))


def test_scores_refuses(frame: pd.DataFrame) -> None:
    with pytest.raises(UnknownNameError, match="no column 'mean'"):
        genept.pl.scores(frame.rename(columns={"mean": "value"}))
    with pytest.raises(ValuesError, match="no score"):
        genept.pl.scores(frame[:0])
    with pytest.raises(ValuesError, match="two scores of random, minilm"):
        genept.pl.scores(frame.drop(columns="series"))
    with pytest.raises(ValuesError, match=r"ends below its beginning: minilm"):
        genept.pl.scores(frame.assign(low=[0.4, np.nan, 0.95, 0.85, np.nan]))


# Confusion matrix


def test_confusion_matrix_counts_by_loops() -> None:
    rng = np.random.default_rng(0)
    names = [f"class {i}" for i in range(15)]
    labels = rng.integers(0, 14, 2000)  # the last class never occurs
    predicted = np.where(rng.random(2000) < 0.7, labels, rng.integers(0, 15, 2000))
    ax = genept.pl.confusion_matrix(labels, predicted, names)
    shares = np.asarray(ax.images[0].get_array())
    written = {text.get_position(): text for text in ax.texts}
    for row, column in product(range(15), range(15)):
        count = sum(1 for a, b in zip(labels, predicted, strict=True) if (a, b) == (row, column))
        total = sum(1 for a in labels if a == row)
        assert shares[row, column] == (count / total if total else 0)
        assert (written[column, row].get_text() if (column, row) in written else "0") == f"{count}"
    assert ax.get_yticklabels()[14].get_text() == "class 14 (0)"
    assert [label.get_text() for label in ax.get_xticklabels()] == names


def test_numbers_fit_into_their_cells_and_contrast_with_them(tmp_path: Path) -> None:
    names = [f"transcribed unprocessed pseudogene {i}" for i in range(15)]
    labels = np.repeat(np.arange(15), 1500)
    predicted = np.where(np.arange(len(labels)) % 100 < 60, labels, 0)
    ax = genept.pl.confusion_matrix(labels, predicted, names, save=tmp_path / "matrix.png")
    assert_inside(ax)
    cell = ax.get_window_extent().width / 15
    image = ax.images[0]
    for text in ax.texts:
        assert text.get_window_extent().width < cell
        column, row = map(int, text.get_position())
        background = luminance(image.to_rgba(np.asarray(image.get_array()))[row, column])
        inks = sorted([luminance(to_rgb(str(text.get_color()))), background])
        # Readable in grey: the contrast that WCAG asks of text.
        assert (inks[1] + 0.05) / (inks[0] + 0.05) > 4.5


def test_classes_may_be_named_by_their_labels() -> None:
    labels = pd.Series(pd.Categorical(["T", "B", "T"], categories=["T", "NK", "B"]))
    ax = genept.pl.confusion_matrix(labels, ["T", "B", "unassigned"])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["T", "NK", "B", "unassigned"]
    by_place = genept.pl.confusion_matrix([0, 2, 0], [0, 2, 3], ["T", "NK", "B", "unassigned"])
    shares, expected = (np.asarray(one.images[0].get_array()) for one in (ax, by_place))
    np.testing.assert_array_equal(shares, expected)
    with pytest.raises(ValuesError, match="1 missing classes"):
        genept.pl.confusion_matrix(labels, pd.Series(["T", "B", None]))


def test_confusion_matrix_refuses() -> None:
    with pytest.raises(ArgumentError, match="1 class names"):
        genept.pl.confusion_matrix([0], [0], ["a"])
    with pytest.raises(ValuesError, match="classes -1, 2 without a name"):
        genept.pl.confusion_matrix([0, 2], [-1, 1], ["a", "b"])
    with pytest.raises(ValuesError, match="shape"):
        genept.pl.confusion_matrix([0, 1], [0], ["a", "b"])
    with pytest.raises(ValuesError, match="at least one"):
        genept.pl.confusion_matrix([], [], ["a", "b"])


# Shown


@pytest.mark.parametrize("name", ["scores", "roc_curves", "confusion_matrix"])
def test_figures_are_shown_when_asked(
    name: str, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, tuple[Any, ...]] = {
        "scores": (frame,),
        "roc_curves": ({"a": [fold(0)]},),
        "confusion_matrix": (["a", "b"], ["a", "b"]),
    }
    shown: list[bool] = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(True))
    for show in (None, False, True):
        assert isinstance(getattr(genept.pl, name)(*given[name], show=show), Axes)
    assert shown == [True]


# Files


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_figure_is_the_same_file(ending: str, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for path in paths:
        genept.pl.confusion_matrix([0, 0, 1], [0, 1, 1], ["a", "b"], save=path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_files_that_cannot_be_written_are_refused_before_drawing(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"roc\.jpeg"):
        genept.pl.roc_curves({"a": [fold(0)]}, save=tmp_path / "roc.jpeg")
    with pytest.raises(OutputError, match="can't be written"):
        genept.pl.scores(frame, save=tmp_path / "no" / "scores.png")
    with pytest.raises(OutputError, match="can't be written"):
        genept.pl.confusion_matrix([0, 1], [0, 1], ["a", "b"], save=tmp_path / "no" / "matrix.png")
    assert not plt.get_fignums()


def assert_inside(ax: Axes) -> None:
    """Nothing that is drawn is cut off at the figure's edge."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert box is not None
    assert box.xmin >= -1
    assert box.ymin >= -1
    assert box.xmax <= figure.bbox.xmax + 1
    assert box.ymax <= figure.bbox.ymax + 1


def luminance(color: Any) -> float:
    """Relative luminance of sRGB, as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(color)[:3]]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
