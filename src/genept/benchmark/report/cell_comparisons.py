"""Whether a representation of cells does better than another, by how much, and how to say it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from genept.benchmark.report.cell_choices import Question, is_or_are, rows_of
from genept.benchmark.report.cell_files import CellResults

BETTER, UNDECIDED, WORSE, UNKNOWN = "better", "can't be told apart", "worse", "no interval"
# Where two decimals would round a number to nothing, three stand.
_SMALL = 0.01
_NOTHING = 0.0005


@dataclass(frozen=True)
class Compared:
    """Two representations of a data set, by one score.

    Parameters
    ----------
    dataset
        Name of the data set.
    question
        Which score.
    one, other
        The representations.
    means
        Their scores.
    difference, low, high
        One minus other, with the ends of the interval, which may be missing.
    """

    dataset: str
    question: Question
    one: str
    other: str
    means: tuple[float, float]
    difference: float
    low: float
    high: float

    @property
    def outcome(self) -> str:
        """Whether ``one`` is better: where the whole interval says so."""
        if pd.isna(self.low) or pd.isna(self.high):
            return UNKNOWN
        return BETTER if self.low > 0 else WORSE if self.high < 0 else UNDECIDED

    def said(self) -> str:
        """Say it: who is better, by how much, with the interval."""
        return say_difference(self.one, self.other, (self.difference, self.low, self.high))

    def both(self) -> str:
        """Say the two scores."""
        return f"{two(self.means[0])} and {two(self.means[1])}"


def compare(
    results: CellResults, dataset: str, question: Question, pair: tuple[str, str], *, split: str | None = None
) -> Compared | None:
    """Compare two representations by one score; None where one of them has none.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset, question
        What is compared.
    pair
        The representations; their difference may be written either way round.
    split
        By default the main one.
    """
    one, other = pair
    rows = rows_of(results, dataset, question, split=split)
    rows = rows[rows["mean"].notna()].drop_duplicates("representation").set_index("representation")
    if one not in rows.index or other not in rows.index:
        return None
    means = float(rows["mean"][one]), float(rows["mean"][other])
    paired = _paired(results.differences, rows.iloc[0], dataset, pair)
    if paired is None:
        paired = means[0] - means[1], float("nan"), float("nan")
    return Compared(dataset, question, one, other, means, *paired)


def compare_all(results: CellResults, questions: Sequence[Question], one: str, other: str) -> list[Compared]:
    """Compare two representations in every data set that has both, question by question."""
    found = [
        compare(results, dataset, question, (one, other))
        for question in questions
        for dataset in results.datasets
    ]
    return [compared for compared in found if compared is not None]


def say_difference(one: str, other: str, difference: tuple[float, float, float]) -> str:
    """Say which of two is better, and by how much.

    Parameters
    ----------
    one, other
        Names.
    difference
        One minus other, and the ends of its 95 % interval, which may be missing.

    Returns
    -------
    str
        In two decimals, or three where two would make a number nothing.

    Examples
    --------
    >>> say_difference("GenePT-w", "PCA", (-0.12, -0.14, -0.10))
    'PCA is better by 0.12 (0.10 to 0.14)'
    >>> say_difference("GenePT-w", "PCA", (0.004, -0.01, 0.02))
    "can't be told apart (difference 0.004, -0.010 to 0.020)"
    >>> say_difference("GenePT-w", "PCA", (0.2, float("nan"), float("nan")))
    'GenePT-w is higher by 0.20, without an interval'
    """
    middle, low, high = difference
    if pd.isna(low) or pd.isna(high):
        if abs(middle) < _NOTHING:
            return "no difference, and no interval"
        higher = one if middle > 0 else other
        return f"{higher} {is_or_are(higher)} higher by {abs(middle):{_form(middle)}}, without an interval"
    form = _form(middle, low, high)
    if low <= 0 <= high:
        return f"can't be told apart (difference {middle:{form}}, {low:{form}} to {high:{form}})"
    near, far = sorted([abs(low), abs(high)])
    better = one if low > 0 else other
    return f"{better} {is_or_are(better)} better by {abs(middle):{form}} ({near:{form}} to {far:{form}})"


def two(value: float) -> str:
    """Write a score with two decimals, and zero without a sign.

    Examples
    --------
    >>> two(0.666), two(-0.001)
    ('0.67', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}"


def _form(*values: float) -> str:
    return ".3f" if min(map(abs, values)) < _SMALL else ".2f"


def _paired(
    differences: pd.DataFrame, row: "pd.Series[str]", dataset: str, pair: tuple[str, str]
) -> tuple[float, float, float] | None:
    mine = differences[differences["dataset"] == dataset]
    for name in ("analysis", "method", "target", "split", "metric"):
        mine = mine[mine[name] == row[name]]
    for one, other, sign in ((*pair, 1), (*pair[::-1], -1)):
        found = mine[mine["representation"].eq(one) & mine["other"].eq(other)]
        if len(found):
            first = found.iloc[0]
            ends = sorted([sign * float(first["low"]), sign * float(first["high"])])
            return sign * float(first["difference"]), ends[0], ends[1]
    return None
