"""Published numbers beside ours."""

from typing import Any

import pandas as pd

from genept.benchmark.report.blocks import Formats, Table
from genept.benchmark.report.choices import called, main_features
from genept.benchmark.report.gene_files import GeneResults
from genept.benchmark.report.number_format import decimals, interval
from genept.errors import InputFileError

_KEYS = ("task", "embedding", "classifier", "metric", "value", "source")


def published_table(results: GeneResults) -> Table | None:
    """Set what others published beside what each embedding got, same task, classifier and metric.

    Parameters
    ----------
    results
        What a gene benchmark left; its provenance may hold ``published``, a list of mappings with
        ``task``, ``embedding``, ``classifier``, ``metric``, ``value`` and ``source``. Tasks that were
        not run are left out.

    Returns
    -------
    Table or None
        None where nothing published is about a task that was run.

    Raises
    ------
    InputFileError
        If ``published`` is something else.
    """
    said = results.provenance.get("published", [])
    if not isinstance(said, list) or not all(isinstance(o, dict) and set(_KEYS) <= set(o) for o in said):
        raise InputFileError(
            f"{results.folder / 'provenance.json'}, whose 'published' isn't a list of published scores",
            expected=f"a list of mappings with {', '.join(_KEYS)}",
            do="mend or remove it",
        )
    ours = results.names("embedding")
    rows = [
        {
            "task": results.title(one["task"]),
            "published": one["embedding"],
            "classifier": called(one["classifier"]),
            "metric": called(one["metric"]),
            "value": one["value"],
            **{f"{name}, here": _score(results, one, name) for name in ours},
            "source": one["source"],
        }
        for one in said
        if one["task"] in results.tasks
    ]
    if not rows:
        return None
    formats: Formats = {"value": _number, **{f"{name}, here": str for name in ours}}
    return Table(
        pd.DataFrame(rows),
        "Published scores beside those of this run, which may rest on other genes, labels and folds.",
        formats,
    )


def _number(value: Any) -> str:
    return decimals(value) if isinstance(value, (int, float)) else str(value)


def _score(results: GeneResults, one: dict[str, Any], name: str) -> str:
    rows = results.summary[results.summary["task"] == one["task"]]
    if rows.empty:
        return ""
    found = rows[
        rows["embedding"].eq(name)
        & rows["classifier"].eq(one["classifier"])
        & rows["metric"].eq(one["metric"])
        & rows["features"].eq(main_features(rows))
    ]
    if found.empty:
        return ""
    score = found.iloc[0]
    if pd.isna(score["mean"]):
        return "not computed"
    ends = interval(score["low"], score["high"])
    return f"{decimals(score['mean'])} ({ends})" if ends else decimals(score["mean"])
