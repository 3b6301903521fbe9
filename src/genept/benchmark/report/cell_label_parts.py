"""The parts of a data set's section that are about its labels: clusters, and labels found in other cells."""

import pandas as pd

from genept.benchmark.report.blocks import Block, Figure, Heading, Paragraph, SideBySide
from genept.benchmark.report.cell_choices import (
    AGREEMENT,
    ANNOTATION,
    HEADLINES,
    K_MEANS,
    NEAREST,
    TRANSFER,
    Question,
    expression_of,
    named,
    rows_of,
)
from genept.benchmark.report.cell_figures import draw_clusters, draw_confusion, draw_scores
from genept.benchmark.report.cell_files import CellResults, Predictions
from genept.benchmark.report.cell_tables import CLASS_METRICS, metrics_table

_SILHOUETTES = ("asw_euclidean", "asw_cosine")
_TITLES = {
    ANNOTATION: "Annotation: are labels found in cells that weren't learned from?",
    TRANSFER: "Transfer: are labels found that were learned from another data set?",
}
# Notes that differ from score to score stand in the table of all scores.
_NOTES = 3
# Matrices of more classes are too wide to stand beside each other.
_NARROW = 5


def association_part(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    """Say how far clusters, and distances, agree with the labels of a data set.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    rows
        Its rows of the summary, of association.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    list of blocks
        Empty where nothing was scored.
    """
    if rows.empty:
        return []
    blocks: list[Block] = [
        Heading("Association: do cells of one label lie together?"),
        Paragraph(
            "k-means with as many clusters as there are labels: 1 where clusters are the labels, 0 by "
            "chance. ASW, the mean silhouette of the true labels, goes from -1 to 1; vectors of different "
            "dimensions differ in it for other reasons than their worth."
        ),
    ]
    clusters = rows[rows["method"] == K_MEANS]
    if drawn:
        figure = draw_scores(results, clusters, series="metric", xlabel="k-means against the labels")
        blocks += [figure] if figure else []
    if len(clusters):
        blocks.append(metrics_table(clusters, AGREEMENT, f"{dataset}: clusters against the labels"))
    tuned = rows[~rows["method"].isin([K_MEANS, "labels"])]
    if len(tuned):
        said = f"{dataset}: clusters chosen by these very labels, so higher than one without labels would get"
        blocks.append(metrics_table(tuned, AGREEMENT, said))
    silhouettes = rows[rows["metric"].isin(_SILHOUETTES)].assign(method="")
    if len(silhouettes):
        blocks.append(metrics_table(silhouettes, _SILHOUETTES, f"{dataset}: silhouettes of the labels"))
    if drawn:
        names = _best_and_expression(results, dataset, HEADLINES[0])
        blocks += _matrices([draw_clusters(results, dataset, name) for name in names], results, dataset)
    return blocks


def annotation_part(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    """Say how well labels are found in cells that weren't learned from, split by split.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    rows
        Its rows of the summary, of annotation or transfer.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    list of blocks
        Empty where nothing was scored.
    """
    if rows.empty:
        return []
    analysis = str(rows["analysis"].iloc[0])
    blocks: list[Block] = [Heading(_TITLES[analysis])]
    notes = list(dict.fromkeys(note for note in rows["note"] if note))
    if 0 < len(notes) <= _NOTES:
        blocks.append(Paragraph(f"To be known: {'; '.join(notes)}."))
    sizes = [size for _, size in results.sizes(dataset, "label")]
    largest = (
        (max(sizes) / sum(sizes), "always the largest class") if sizes and analysis == ANNOTATION else None
    )
    for i, split in enumerate(dict.fromkeys(rows["split"])):
        part = rows[rows["split"] == split]
        if drawn:
            for metric, chance in (("accuracy", largest), ("macro_f1", None)):
                # Across batches, what is rare counts as much as what is common.
                if metric == "macro_f1" or i == 0:
                    chosen = part[part["metric"] == metric]
                    figure = draw_scores(
                        results, chosen, series="method", xlabel=f"{named(metric)}, {split}", chance=chance
                    )
                    blocks += [figure] if figure else []
        blocks.append(metrics_table(part, CLASS_METRICS, f"{dataset}: annotation, {split}"))
        if drawn and (i == 0 or analysis == TRANSFER):
            question = Question(analysis, NEAREST, "accuracy")
            target = str(part["target"].iloc[0])
            names = _best_and_expression(results, dataset, question, split)
            whose = [Predictions(dataset, name, analysis, NEAREST, target, split) for name in names]
            blocks += _matrices([draw_confusion(results, what) for what in whose], results, dataset)
    return blocks


def _best_and_expression(
    results: CellResults, dataset: str, question: Question, split: str | None = None
) -> list[str]:
    """Name the best embedding by a score, and the baseline that stands for the expression."""
    rows = rows_of(results, dataset, question, split=split)
    best = rows[rows["kind"].eq("embedding") & rows["mean"].notna()].sort_values("mean", kind="stable")
    return [*best["representation"].tail(1), *filter(None, [expression_of(results)])]


def _matrices(figures: list[Figure | None], results: CellResults, dataset: str) -> list[Block]:
    there = [figure for figure in figures if figure is not None]
    if len(results.sizes(dataset, "label")) > _NARROW or len(there) < 2:
        return [*there]
    return [SideBySide(there)]
