"""The part of the page that is about one data set of cells."""

import pandas as pd

from genept.benchmark.report.blocks import Block, Figure, Heading, Paragraph, Section, SideBySide
from genept.benchmark.report.cell_choices import (
    AGREEMENT,
    ANNOTATION,
    ASSOCIATION,
    BATCH,
    HEADLINES,
    K_MEANS,
    NEAREST,
    PHENOTYPE,
    TRANSFER,
    Question,
    expression_of,
    named,
    rows_of,
)
from genept.benchmark.report.cell_figures import draw_clusters, draw_confusion, draw_scores
from genept.benchmark.report.cell_files import CellResults, Predictions
from genept.benchmark.report.cell_labels import about_columns
from genept.benchmark.report.cell_tables import coverage_table, difference_table, metrics_table, score_table
from genept.benchmark.report.prose import number_of

_CLASSES = ("accuracy", "macro_f1", "balanced_accuracy", "macro_precision", "macro_recall")
_SILHOUETTES = ("asw_euclidean", "asw_cosine")
_MIXING = ("asw_batch", "ilisi", "kbet", "clisi")
# Matrices of more classes are too wide to stand beside each other.
_NARROW = 5


def dataset_section(results: CellResults, dataset: str, *, drawn: bool) -> Section:
    """Say what a data set is, and what came out.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    Section
        Labels, then what each analysis gave, every score, differences, and what vectors are made of.
    """
    rows = results.summary[results.summary["dataset"] == dataset]
    blocks: list[Block] = [Paragraph(said) for said in about_columns(results, dataset)]
    if rows.empty:
        return Section(dataset, [*blocks, Paragraph("Nothing was scored.")])
    blocks += _association(results, dataset, rows[rows["analysis"] == ASSOCIATION], drawn=drawn)
    for analysis, title in ((ANNOTATION, "Annotation"), (TRANSFER, "Labels carried from another data set")):
        blocks += _annotation(results, rows[rows["analysis"] == analysis], title, drawn=drawn)
    blocks += _batch(results, dataset, rows, drawn=drawn)
    blocks += _phenotype(results, dataset, rows[rows["analysis"] == PHENOTYPE], drawn=drawn)
    blocks.append(Heading("Everything in numbers"))
    blocks.append(score_table(rows, f"{dataset}: {number_of(len(rows), 'score')}."))
    differences = results.differences[results.differences["dataset"] == dataset]
    if len(differences):
        said = f"{dataset}: {number_of(len(differences), 'paired difference')}."
        blocks.append(difference_table(differences, said))
    coverage = results.coverage[results.coverage["dataset"] == dataset]
    if len(coverage):
        blocks.append(coverage_table(coverage, f"{dataset}: what the vectors are made of."))
    return Section(dataset, blocks)


def _association(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
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
    blocks.append(metrics_table(clusters, AGREEMENT, f"{dataset}: clusters against the labels"))
    tuned = rows[~rows["method"].isin([K_MEANS, "labels"])]
    if len(tuned):
        said = (
            f"{dataset}: clusters tuned to these very labels, so better than one who doesn't know them gets"
        )
        blocks.append(metrics_table(tuned, AGREEMENT, said))
    silhouettes = rows[rows["metric"].isin(_SILHOUETTES)].assign(method="")
    if len(silhouettes):
        blocks.append(metrics_table(silhouettes, _SILHOUETTES, f"{dataset}: silhouettes of the labels"))
    if drawn:
        names = _best_and_expression(results, dataset, HEADLINES[0])
        blocks += _matrices([draw_clusters(results, dataset, name) for name in names], results, dataset)
    return blocks


def _annotation(results: CellResults, rows: pd.DataFrame, title: str, *, drawn: bool) -> list[Block]:
    if rows.empty:
        return []
    dataset, analysis = str(rows["dataset"].iloc[0]), str(rows["analysis"].iloc[0])
    blocks: list[Block] = [Heading(f"{title}: are labels found in cells that weren't learned from?")]
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
        blocks.append(metrics_table(part, _CLASSES, f"{dataset}: annotation, {split}"))
        if drawn and (i == 0 or analysis == TRANSFER):
            question = Question(analysis, NEAREST, "accuracy")
            target = str(part["target"].iloc[0])
            names = _best_and_expression(results, dataset, question, split)
            whose = [Predictions(dataset, name, analysis, NEAREST, target, split) for name in names]
            blocks += _matrices([draw_confusion(results, what) for what in whose], results, dataset)
    return blocks


def _batch(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    batches = rows[rows["analysis"] == BATCH]
    if batches.empty:
        return []
    batch, label = results.key(dataset, "batch"), results.key(dataset, "label")
    blocks: list[Block] = [
        Heading("Batch: do cells lie together by what they are, or by where they were measured?"),
        Paragraph(
            "The same k-means clusters, compared with each column in turn: high is good for the label, low "
            "for the batch. Batch ASW, iLISI and kBET (0 to 1) are high where batches mix; cLISI is high "
            "where labels stay apart. Where a batch holds labels that others lack, mixing them is no merit."
        ),
    ]
    clusters = rows[rows["method"].eq(K_MEANS) & rows["metric"].eq("ari")]
    told = {batch: f"{batch}: low is good", label: f"{label}: high is good"}
    if drawn:
        series = clusters.assign(**{"against": [told.get(target, target) for target in clusters["target"]]})
        figure = draw_scores(results, series, series="against", xlabel="ARI of k-means clusters")
        blocks += [figure] if figure else []
    for target, part in batches[batches["method"] == K_MEANS].groupby("target", sort=False):
        said = f"{dataset}: clusters against {told.get(str(target), target)}"
        blocks.append(metrics_table(part, AGREEMENT, said))
    mixing = batches[batches["metric"].isin(_MIXING)].assign(method="")
    if mixing["mean"].notna().any():
        blocks.append(metrics_table(mixing, _MIXING, f"{dataset}: mixing of {batch}, by scib-metrics"))
    return blocks


def _phenotype(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    if rows.empty:
        return []
    patients = results.key(dataset, "patient") or results.key(dataset, "sample")
    sizes = results.sizes(dataset, "patient") or results.sizes(dataset, "sample")
    blocks: list[Block] = [
        Heading("Phenotype: is the condition of a sample found?"),
        Paragraph(
            f"Split by {patients or 'sample'} ({len(sizes):,} of them): all cells of one are either learned "
            "from or tested. Intervals are over them, not over cells. By cell, samples of many cells count "
            "for more."
        ),
    ]
    metric = "roc_auc" if rows["metric"].eq("roc_auc").any() else "balanced_accuracy"
    for split in dict.fromkeys(rows["split"]):
        part = rows[rows["split"] == split]
        if drawn:
            n = max(2, len(results.sizes(dataset, "condition")))
            chosen = part[part["metric"] == metric]
            figure = draw_scores(
                results, chosen, series="method", xlabel=f"{named(metric)}, {split}", chance=(1 / n, "chance")
            )
            blocks += [figure] if figure else []
        blocks.append(metrics_table(part, ("roc_auc", *_CLASSES), f"{dataset}: phenotype, {split}"))
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
