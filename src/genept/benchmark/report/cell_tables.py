"""Tables of a cell benchmark, as a reader wants them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from genept.benchmark.report.blocks import Formats, Table
from genept.benchmark.report.cell_choices import QUESTIONS, Question, named, rows_of
from genept.benchmark.report.cell_comparisons import BETTER, UNDECIDED, UNKNOWN, WORSE, compare_all
from genept.benchmark.report.cell_files import KINDS, CellResults
from genept.benchmark.report.gaps import table_of_gaps
from genept.benchmark.report.number_format import count, decimals, interval, percent, signed
from genept.benchmark.report.table_columns import LONG, shared_values, without_empty

CLASS_METRICS = ("accuracy", "macro_f1", "balanced_accuracy", "macro_precision", "macro_recall")
_NOT_COMPUTED = "not computed"
# More intervals make a line wider than the page; all stand in the table of all scores.
_WITH_INTERVAL, _FEW = 2, 3


def wide_table(results: CellResults, question: Question) -> Table | None:
    """Score of each representation in each data set; None where no data set has it.

    Parameters
    ----------
    results
        What a cell benchmark left.
    question
        Which score.
    """
    names = results.names(*KINDS)
    rows = []
    for dataset in results.datasets:
        scores = rows_of(results, dataset, question)
        if scores.empty:
            continue
        means = scores.drop_duplicates("representation").set_index("representation")["mean"]
        row: dict[str, Any] = {"data set": dataset, "split": scores["split"].iloc[0]}
        rows.append(row | {name: _mean(means[name]) if name in means.index else "" for name in names})
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    shared = shared_values(frame, {"split": ""})
    split = shared.get("split", "none").replace("none", "")
    said = f"{question} of each representation in each data set{split and f', {split}'}."
    return Table(frame.drop(columns=list(shared)), said, dict.fromkeys(names, str))


def verdict_table(results: CellResults) -> Table | None:
    """In how many data sets each embedding is better than each baseline and control; None without any.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    rows = []
    for embedding in results.names("embedding"):
        for other in results.names("baseline", "control"):
            for question in QUESTIONS:
                outcomes = [one.outcome for one in compare_all(results, [question], embedding, other)]
                if outcomes:
                    row = {"embedding": embedding, "beside": other, "score": str(question)}
                    counts = {name: outcomes.count(name) for name in (BETTER, UNDECIDED, WORSE, UNKNOWN)}
                    rows.append(row | counts | {"data sets": len(outcomes)})
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    if not frame[UNKNOWN].any():
        frame = frame.drop(columns=UNKNOWN)
    caption = (
        "In how many data sets an embedding is better or worse than a baseline or control: where the 95 % "
        "interval of the difference lies on one side of zero."
    )
    return Table(frame, caption, folded=len(frame) > LONG)


def metrics_table(rows: pd.DataFrame, metrics: Sequence[str], caption: str) -> Table:
    """Scores, a line for each representation and method and a column for each metric.

    Parameters
    ----------
    rows
        Rows of the summary, of one target and split.
    metrics
        Which, in order, those without a row left out; of more than three, the first two with intervals.
    caption
        What they are.
    """
    there = [metric for metric in metrics if (rows["metric"] == metric).any()]
    lines = []
    by_kind = rows.sort_values("kind", key=lambda kinds: kinds.map(KINDS.index), kind="stable")
    for method in dict.fromkeys(rows["method"]):
        of_method = by_kind[by_kind["method"] == method]
        for name, part in of_method.groupby("representation", sort=False):
            line = {"representation": name, "kind": part["kind"].iloc[0], "method": named(method)}
            for metric, *score in zip(*(part[one] for one in ("metric", "mean", "low", "high")), strict=True):
                full = len(there) <= _FEW or metric in there[:_WITH_INTERVAL]
                line[named(metric)] = _with_interval(*score) if full else _mean(score[0])
            lines.append(line)
    frame = pd.DataFrame(lines).fillna("")[["representation", "kind", "method", *map(named, there)]]
    shared = shared_values(frame, {"method": ""})
    said = ", ".join([caption, *shared.values()])
    frame = without_empty(frame.drop(columns=list(shared)))
    return Table(frame, f"{said}.", dict.fromkeys(map(named, there), str))


def score_table(rows: pd.DataFrame, caption: str) -> Table:
    """Every score of a data set, folded.

    Parameters
    ----------
    rows
        Rows of the summary.
    caption
        What they are.
    """
    frame = pd.DataFrame(
        {
            "representation": rows["representation"],
            "kind": rows["kind"],
            "analysis": rows["analysis"],
            "method": rows["method"].map(named),
            "of": rows["target"],
            "split": rows["split"].replace("none", ""),
            "metric": rows["metric"].map(named),
            "mean": rows["mean"].map(_mean),
            "95 % interval": [interval(*ends) for ends in zip(rows["low"], rows["high"], strict=True)],
            "SD of folds": rows["sd"],
            "values": rows["n_values"],
            "n": rows["n_cells"],
            "note": rows["note"],
        }
    )
    formats: Formats = {
        "mean": str,
        "95 % interval": str,
        "SD of folds": decimals,
        "values": count,
        "n": count,
    }
    return Table(without_empty(frame, keep=("mean",)), caption, formats, folded=True)


def difference_table(rows: pd.DataFrame, caption: str) -> Table:
    """Every paired difference of a data set, folded.

    Parameters
    ----------
    rows
        Rows of the differences.
    caption
        What they are.
    """
    frame = pd.DataFrame(
        {
            "representation": rows["representation"],
            "minus": rows["other"],
            "analysis": rows["analysis"],
            "method": rows["method"].map(named),
            "of": rows["target"],
            "split": rows["split"].replace("none", ""),
            "metric": rows["metric"].map(named),
            "difference": rows["difference"],
            "95 % interval": [
                interval(*ends, sign=True) for ends in zip(rows["low"], rows["high"], strict=True)
            ],
        }
    )
    formats: Formats = {"difference": signed, "95 % interval": str}
    return Table(without_empty(frame, keep=("difference",)), caption, formats, folded=True)


def coverage_table(rows: pd.DataFrame, caption: str) -> Table:
    """Say what of a data set each representation is made of.

    Parameters
    ----------
    rows
        Rows of the coverage.
    caption
        What they are.
    """
    frame = pd.DataFrame(
        {
            "representation": rows["representation"],
            "genes measured": rows["genes_measured"],
            "genes used": rows["genes_used"],
            "share of counts": rows["share_of_counts"],
            "note": rows["note"].str.removeprefix("not computable: "),
        }
    )
    formats: Formats = {"genes measured": count, "genes used": count, "share of counts": percent}
    return Table(without_empty(frame), caption, formats, folded=len(frame) > LONG)


def gaps_table(gaps: pd.DataFrame) -> Table:
    """Say what could not be computed.

    Parameters
    ----------
    gaps
        As :func:`genept.benchmark.report.cell_gaps.find_gaps` gives them.
    """
    frame = gaps.assign(
        method=gaps["method"].map(named),
        metric=gaps["metric"].map(named),
        split=gaps["split"].replace("none", ""),
    )
    return table_of_gaps(frame.rename(columns={"dataset": "data set", "target": "of"}))


def _mean(mean: float) -> str:
    return decimals(mean) if pd.notna(mean) else _NOT_COMPUTED


def _with_interval(mean: float, low: float, high: float) -> str:
    ends = interval(low, high)
    return f"{_mean(mean)} ({ends})" if ends else _mean(mean)
