"""The parts of a data set's section that are about where cells are from: batches, samples and conditions."""

import pandas as pd

from genept.benchmark.report.blocks import Block, Heading, Paragraph
from genept.benchmark.report.cell_choices import AGREEMENT, BATCH, K_MEANS, named
from genept.benchmark.report.cell_figures import draw_scores
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.cell_tables import CLASS_METRICS, metrics_table

_MIXING = ("asw_batch", "ilisi", "kbet", "clisi")
_BATCH = "Batch: do cells lie together by what they are, or by where they were measured?"
_CONDITION = "Condition: do cells lie together by what they are, or by what was done to them?"
_DIRECTIONS = (
    "The same k-means clusters, compared with each column in turn: high is good for the label, low for the "
    "batch. Batch ASW, iLISI and kBET (0 to 1) are high where batches mix; cLISI is high where labels stay "
    "apart. Where a batch holds labels that others lack, mixing them is no merit."
)


def batch_part(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    """Say how far clusters follow batches and conditions, and how well batches mix.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    rows
        Its rows of the summary.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    list of blocks
        Empty where nothing was scored.
    """
    batches = rows[rows["analysis"] == BATCH]
    if batches.empty:
        return []
    batch, label = results.key(dataset, "batch"), results.key(dataset, "label")
    blocks: list[Block] = [Heading(_BATCH if batch else _CONDITION)]
    if batch:
        blocks.append(Paragraph(_DIRECTIONS))
    clusters = rows[rows["method"].eq(K_MEANS) & rows["metric"].eq("ari")]
    told = {label: f"{label}: high is good"} | ({batch: f"{batch}: low is good"} if batch else {})
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


def phenotype_part(results: CellResults, dataset: str, rows: pd.DataFrame, *, drawn: bool) -> list[Block]:
    """Say how well the condition of samples is found, split by patient.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    rows
        Its rows of the summary, of phenotypes.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    list of blocks
        Empty where nothing was scored.
    """
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
        blocks.append(metrics_table(part, ("roc_auc", *CLASS_METRICS), f"{dataset}: phenotype, {split}"))
    return blocks
