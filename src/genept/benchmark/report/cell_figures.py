"""Figures of a cell benchmark, drawn into its folder."""

from textwrap import fill

import pandas as pd

from genept.benchmark.file_names import file_name
from genept.benchmark.report.blocks import Figure
from genept.benchmark.report.cell_choices import (
    RANDOM,
    Question,
    controls_of,
    expression_of,
    named,
    rows_of,
)
from genept.benchmark.report.cell_files import CellResults, Clusters, Predictions, read_held
from genept.benchmark.report.drawing import blank_axes
from genept.benchmark.report.number_format import decimals
from genept.benchmark.report.prose import join_names, number_of
from genept.pl.confusion import confusion_matrix, matrix_size
from genept.pl.count_matrix import count_matrix_size
from genept.pl.label_heatmap import cluster_counts, draw_label_heatmap
from genept.pl.score_chart import chart_size, scores

# More series than this on one line can't be told apart.
_EMBEDDINGS = 3


def draw_overview(results: CellResults, question: Question) -> Figure | None:
    """Draw one score of the main representations in every data set; None where none has it.

    Parameters
    ----------
    results
        What a cell benchmark left.
    question
        Which score.

    Returns
    -------
    Figure or None
        What was drawn, in the results' folder.
    """
    embeddings = results.names("embedding")[:_EMBEDDINGS]
    controls = controls_of(results, embeddings[0], RANDOM)[:1] if embeddings else []
    names = [*embeddings, *filter(None, [expression_of(results)]), *controls]
    rows = [rows_of(results, dataset, question) for dataset in results.datasets]
    found = pd.concat(rows)
    found = found[found["representation"].isin(names)]
    if not found["mean"].notna().any():
        return None
    # By the order of names, which is the order of colours and of places on a line.
    found = found.sort_values("representation", key=lambda name: name.map(names.index), kind="stable")
    found = found.assign(order=found["dataset"].map(results.datasets.index))
    frame = _points(found.sort_values("order", kind="stable"), name="dataset", series="representation")
    path = results.folder / f"{file_name('overview', question.method, question.metric)}.png"
    scores(
        frame.assign(kind=frame["kind"].replace("baseline", "embedding")),
        xlabel=f"{question}, with 95 % interval",
        ax=blank_axes(chart_size(frame)),
        save=path,
    )
    caption = f"{question} of {join_names(names)} in each data set, with the 95 % interval."
    return Figure(path, caption, f"{caption} The numbers are in the table.")


def draw_scores(
    results: CellResults,
    rows: pd.DataFrame,
    *,
    series: str,
    xlabel: str,
    chance: tuple[float, str] | None = None,
) -> Figure | None:
    """Draw scores of the representations of one data set; None where there is none.

    Parameters
    ----------
    results
        What a cell benchmark left.
    rows
        Rows of the summary, with one value of ``series`` for each representation and score.
    series
        Column that tells points on one line apart.
    xlabel
        What the scores are.
    chance
        Score of guessing, and how it guesses.

    Returns
    -------
    Figure or None
        What was drawn, in the results' folder.
    """
    if not rows["mean"].notna().any():
        return None
    first = rows.iloc[0]
    frame = _points(rows, name="representation", series=series)
    metrics = "-".join(dict.fromkeys(rows["metric"]))
    targets = "-".join(dict.fromkeys(rows["target"]))
    what = (first["dataset"], first["analysis"], metrics, targets, first["split"])
    path = results.folder / f"{file_name('scores', *what)}.png"
    scores(
        frame,
        chance=None if chance is None else chance[0],
        chance_label="" if chance is None else chance[1],
        xlabel=f"{xlabel}, with 95 % interval" if rows["low"].notna().any() else xlabel,
        title=fill(str(first["dataset"]), 60),
        ax=blank_axes(chart_size(frame)),
        save=path,
    )
    best = rows.iloc[int(rows["mean"].fillna(-1).to_numpy().argmax())]
    alt = f"Highest: {best['representation']}, {named(best['metric'])} {decimals(best['mean'])}."
    caption = f"{first['dataset']}: {xlabel}. "
    caption += "Filled points are embeddings, grey ones baselines made of the expression, open ones controls."
    return Figure(path, caption, f"{first['dataset']}: {xlabel}. {alt}")


def draw_confusion(results: CellResults, what: Predictions) -> Figure | None:
    """Draw what was taken for what, all folds together; None where predictions weren't kept.

    Parameters
    ----------
    results
        What a cell benchmark left.
    what
        Whose predictions.
    """
    path = results.predictions.get(what)
    if path is None:
        return None
    held = read_held(path, "label", "predicted")
    classes = _in_order(results, what.dataset, held["label"], held["predicted"])
    places = {name: i for i, name in enumerate(classes)}
    figure = results.folder / f"{file_name('confusion', *what)}.png"
    confusion_matrix(
        held["label"].map(places),
        held["predicted"].map(places),
        classes,
        title=fill(f"{what.dataset}: {what.representation}, {named(what.method)}", 50),
        ax=blank_axes(matrix_size(classes)),
        save=figure,
    )
    right = (held["label"] == held["predicted"]).mean()
    counted = "predictions of all repeats" if " x " in what.split else "predictions"
    caption = (
        f"{what.dataset}: which {what.target} is taken for which by {what.representation} with "
        f"{named(what.method)} ({what.split}). Numbers count {counted}; colours are shares of a row."
    )
    alt = f"Confusion matrix of {number_of(len(classes), 'class', 'classes')}; {100 * right:.1f} % are right."
    return Figure(figure, caption, alt)


def draw_clusters(results: CellResults, dataset: str, name: str) -> Figure | None:
    """Draw how k-means clusters are spread over labels; None where clusters weren't kept.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset, name
        Whose clusters: data set and representation.
    """
    path = results.clusters.get(Clusters(dataset, name))
    if path is None:
        return None
    held = read_held(path, "label", "kmeans")
    classes = _in_order(results, dataset, held["label"])
    counts = cluster_counts(held["kmeans"], pd.Series(pd.Categorical(held["label"], categories=classes)))
    counts.index.name, counts.columns.name = "cluster", results.key(dataset, "label")
    figure = results.folder / f"{file_name('clusters', dataset, name)}.png"
    size = count_matrix_size(list(map(str, counts.index)), list(map(str, counts.columns)))
    draw_label_heatmap(
        counts, title=fill(f"{dataset}: k-means of {name}", 50), ax=blank_axes(size), save=figure
    )
    caption = (
        f"{dataset}: k-means clusters of {name} by {counts.columns.name}. Numbers count cells; colours are "
        "shares of a cluster."
    )
    alt = f"{number_of(len(counts), 'cluster')} by {number_of(counts.shape[1], 'label')}."
    return Figure(figure, caption, alt)


def _points(rows: pd.DataFrame, *, name: str, series: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": rows[name],
            "kind": rows["kind"],
            "series": rows[series].map(named),
            "mean": rows["mean"],
            "low": rows["low"],
            "high": rows["high"],
        }
    )


def _in_order(results: CellResults, dataset: str, *columns: "pd.Series[str]") -> list[str]:
    """Classes that occur, the commonest of the data set first."""
    there = {name for column in columns for name in column}
    known = [name for name, _ in results.sizes(dataset, "label") if name in there]
    return [*known, *sorted(there - set(known))]
