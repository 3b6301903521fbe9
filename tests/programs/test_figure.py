"""The figure of gene programs: what is drawn, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import genept
from genept.errors import ArgumentError, UnknownNameError, ValuesError
from tests.programs.planted import programs_of

PROGRAMS = programs_of("ABCDE", "FGH", others="XYZ")
EXPRESSION = pd.DataFrame(
    [[1.0, 4.0], [2.0, 4.0], [6.0, 4.0]],
    index=pd.Index(["T", "B", "NK"], name="cell type"),
    columns=[1, 2],
)


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def test_each_program_is_a_row_with_its_size_and_first_genes(tmp_path: Path) -> None:
    ax = genept.pl.gene_programs(EXPRESSION, PROGRAMS, title="mine", save=tmp_path / "programs.png")
    np.testing.assert_array_equal(ax.images[0].get_array(), EXPRESSION.to_numpy().T)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["1 (5): A, B, C, D ...", "2 (3): F, G, H"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["T", "B", "NK"]
    assert (ax.get_title(), ax.get_xlabel()) == ("mine", "cell type")
    assert ax.figure.axes[1].get_ylabel() == "mean log-normalised expression"
    assert (tmp_path / "programs.png").read_bytes()[:4] == b"\x89PNG"


def test_z_scores_are_named_and_a_program_that_does_not_vary_is_0() -> None:
    ax = genept.pl.gene_programs(EXPRESSION, PROGRAMS, z_score=True, n_names=2)
    first = np.array([1.0, 2.0, 6.0])
    np.testing.assert_allclose(
        np.asarray(ax.images[0].get_array()),
        [(first - 3) / np.sqrt(((first - 3) ** 2).mean()), [0.0, 0.0, 0.0]],
    )
    assert ax.figure.axes[1].get_ylabel() == "z-score of mean expression"
    assert ax.get_yticklabels()[0].get_text() == "1 (5): A, B ..."


def test_columns_say_which_programs_in_which_order() -> None:
    _, ax = plt.subplots()
    assert genept.pl.gene_programs(EXPRESSION[[2]], PROGRAMS, ax=ax) is ax
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["2 (3): F, G, H"]


@pytest.mark.parametrize("z_score", [False, True])
def test_what_is_missing_is_not_drawn_as_a_value(z_score: bool) -> None:
    expression = EXPRESSION.assign(**{"1": np.nan})[["1", 2]].set_axis([1, 2], axis=1)
    drawn = genept.pl.gene_programs(expression, PROGRAMS, z_score=z_score).images[0].get_array()
    np.testing.assert_array_equal(np.ma.getmaskarray(np.ma.asarray(drawn)), [[True] * 3, [False] * 3])


def test_lighter_is_less_in_grey_too() -> None:
    """Luminance falls from the smallest value to the largest, without a turn."""
    ax = genept.pl.gene_programs(EXPRESSION, PROGRAMS)
    luminance = ax.images[0].cmap(np.linspace(0, 1, 50))[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) < 0).all()


def test_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="a column 3 of the expression"):
        genept.pl.gene_programs(EXPRESSION.set_axis([1, 3], axis=1), PROGRAMS)
    with pytest.raises(UnknownNameError, match="a column 'T cells'"):
        genept.pl.gene_programs(EXPRESSION.set_axis([1, "T cells"], axis=1), PROGRAMS)
    with pytest.raises(ValuesError, match="0 types"):
        genept.pl.gene_programs(EXPRESSION.iloc[:0], PROGRAMS)
    with pytest.raises(ArgumentError, match=r"programs\.xyz"):
        genept.pl.gene_programs(EXPRESSION, PROGRAMS, save=tmp_path / "programs.xyz")
