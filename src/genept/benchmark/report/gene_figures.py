"""Figures of one task of a gene benchmark, drawn into its folder."""

from pathlib import Path
from textwrap import fill

import pandas as pd

from genept.benchmark.file_names import file_name
from genept.benchmark.predictions import Predicted, read_folds
from genept.benchmark.report.blocks import Figure
from genept.benchmark.report.choices import called
from genept.benchmark.report.class_sizes import read_class_sizes
from genept.benchmark.report.drawing import blank_axes
from genept.benchmark.report.gene_files import GeneResults
from genept.benchmark.report.number_format import decimals
from genept.benchmark.report.prose import join_names, number_of
from genept.pl.confusion import confusion_matrix, matrix_size
from genept.pl.roc import roc_curves, roc_size
from genept.pl.score_chart import chart_size, scores
from genept.pl.style import styles_of

# More curves than this can't be told apart.
_CURVES = 10


def draw_scores(results: GeneResults, task: str, rows: pd.DataFrame) -> Figure:
    """Draw the scores of a task by one metric (and one kind of features).

    Parameters
    ----------
    results
        What a gene benchmark left.
    task
        Its name.
    rows
        Rows of the summary, at least one with a mean.

    Returns
    -------
    Figure
        What was drawn, in the results' folder.
    """
    metric = str(rows["metric"].iloc[0])
    chance, label = _chance(results, task, metric)
    frame = pd.DataFrame(
        {
            "name": rows["embedding"],
            "kind": rows["kind"],
            "series": rows["classifier"].map(called),
            "mean": rows["mean"],
            "low": rows["low"],
            "high": rows["high"],
        }
    )
    path = results.folder / f"{file_name('scores', task, metric)}.png"
    title = results.title(task)
    scores(
        frame,
        chance=chance,
        chance_label=label,
        xlabel=f"{called(metric)}, with 95 % interval",
        # Beside the longest names there is room for so many capitals.
        title=fill(title, 42),
        ax=blank_axes(chart_size(frame)),
        save=path,
    )
    best = rows.iloc[int(rows["mean"].fillna(-1).to_numpy().argmax())]
    alt = (
        f"{called(metric)} of {number_of(rows['embedding'].nunique(), 'representation')} in {title}. "
        f"Highest: {best['embedding']} with {called(best['classifier'])}, {decimals(best['mean'])}."
    )
    caption = f"{title}: {called(metric)}, mean over folds, with the 95 % interval. Open points are controls."
    return Figure(path, caption, alt)


def draw_curves(results: GeneResults, task: str, classifier: str, features: str) -> Figure | None:
    """Draw the ROC curves of a task with two classes, or nothing where there are no predictions.

    Embeddings come first, then controls; masked texts have no curve, and beyond ten curves the last
    ones are left out, which the caption says.

    Parameters
    ----------
    results
        What a gene benchmark left.
    task, classifier, features
        Whose predictions.

    Returns
    -------
    Figure or None
        What was drawn, in the results' folder.
    """
    names = [*results.names("embedding"), *results.names("control")]
    curves = {
        name: folds
        for name in names
        if (path := results.predictions.get(Predicted(task, name, classifier, features))) is not None
        if (folds := _scored_folds(path))
    }
    if not curves:
        return None
    shown = dict(list(curves.items())[:_CURVES])
    path = results.folder / f"{file_name('roc', task, classifier)}.png"
    title = results.title(task)
    first = next(iter(shown))
    controls = results.names("control")
    roc_curves(
        shown,
        controls=[name for name in shown if name in controls],
        band=[first],
        # Styles of all names, so that one looks the same in every figure of the page.
        styles=styles_of(names, controls=controls),
        title=fill(f"{title}, {called(classifier)}", 42),
        ax=blank_axes(roc_size(len(shown))),
        save=path,
    )
    caption = (
        f"{title}: ROC curves with {called(classifier)}, averaged over folds at each false positive rate. "
        f"The band is one standard deviation of the folds of {first}."
    )
    if left_out := list(curves)[_CURVES:]:
        caption += f" Not drawn: {join_names(left_out)}."
    return Figure(path, caption, f"ROC curves of {join_names(list(shown))}; their areas are in the table.")


def draw_confusion(results: GeneResults, what: Predicted) -> Figure | None:
    """Draw the confusion matrix of a task with several classes, or nothing where there is none.

    Parameters
    ----------
    results
        What a gene benchmark left.
    what
        Whose predictions; those of all repeats and folds are counted together.

    Returns
    -------
    Figure or None
        What was drawn, in the results' folder.
    """
    path = results.predictions.get(what)
    if path is None:
        return None
    folds = list(read_folds(path))
    if not folds or "predicted" not in folds[0]:
        return None
    predictions = pd.concat(folds)
    names = [name for name, _ in class_sizes(results, what.task)]
    highest = int(predictions[["label", "predicted"]].to_numpy().max())
    names += [f"class {i}" for i in range(len(names), highest + 1)]
    title = results.title(what.task)
    path = results.folder / f"{file_name('confusion', *vars(what).values())}.png"
    confusion_matrix(
        predictions["label"],
        predictions["predicted"],
        names,
        title=fill(f"{title}: {what.embedding}, {called(what.classifier)}", 70),
        ax=blank_axes(matrix_size(names)),
        save=path,
    )
    right = (predictions["label"] == predictions["predicted"]).mean()
    return Figure(
        path,
        f"{title}: what {what.embedding} with {called(what.classifier)} takes for what. Numbers count "
        f"predictions of {number_of(len(folds), 'fold')}; colours are shares of a row.",
        f"Confusion matrix of {len(names)} classes; {100 * right:.1f} % of the predictions are right.",
    )


def class_sizes(results: GeneResults, task: str) -> list[tuple[str, int]]:
    """Name and size of each class of a task, in the order of its labels; empty where unknown."""
    said = results.labels.loc[results.labels["task"] == task, "classes"]
    return read_class_sizes(said.iloc[0]) if len(said) else []


def _chance(results: GeneResults, task: str, metric: str) -> tuple[float | None, str]:
    """Score of guessing, and how it guesses."""
    if metric == "roc_auc":
        return 0.5, "chance"
    sizes = [size for _, size in class_sizes(results, task)]
    if not sum(sizes):
        return None, ""
    if metric == "balanced_accuracy":
        return 1 / len(sizes), "chance"
    return (max(sizes) / sum(sizes), "always the largest class") if metric == "accuracy" else (None, "")


def _scored_folds(path: Path) -> list[tuple[pd.Series, pd.Series]]:
    """Labels and scores of the folds that hold both classes; none where classes are predicted."""
    folds = list(read_folds(path))
    return [
        (fold["label"], fold["score"]) for fold in folds if "score" in fold and fold["label"].nunique() == 2
    ]
