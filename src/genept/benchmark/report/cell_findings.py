"""What came out about batches, phenotypes and labels carried across data sets, in sentences."""

from genept.benchmark.report.blocks import Block, Heading, Listing, Paragraph
from genept.benchmark.report.cell_choices import (
    ASSOCIATION,
    BATCH,
    K_MEANS,
    NEAREST,
    PHENOTYPES,
    RANDOM,
    TRANSFER,
    WEIGHTED,
    Question,
    controls_of,
    expression_of,
    named,
    rows_of,
)
from genept.benchmark.report.cell_comparisons import compare, two
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.cell_verdicts import IN_FULL
from genept.benchmark.report.number_format import decimals, interval
from genept.benchmark.report.prose import number_of

_CARRIED = Question(TRANSFER, NEAREST, "accuracy")
# Resamples of fewer differ little from each other.
_FEW_PATIENTS = 10


def batches(results: CellResults) -> list[Block]:
    """Say how far clusters follow batches, beside how far they follow types.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    names = [*results.names("embedding")[:IN_FULL], *results.names("baseline")]
    items = []
    for dataset in results.datasets:
        batch, label = results.key(dataset, "batch"), results.key(dataset, "label")
        said = [
            f"{name} {two(to_batch)} and {two(to_label)}"
            for name in names
            if (to_batch := _ari(results, dataset, BATCH, batch, name)) is not None
            if (to_label := _ari(results, dataset, ASSOCIATION, label, name)) is not None
        ]
        if said:
            items.append(f"{dataset}, {batch} and {label}: {'; '.join(said)}.")
    if not items:
        return []
    what = "ARI of k-means clusters to the batch (low is good) and to the label (high is good):"
    return [Heading("Do clusters follow batches?"), Paragraph(what), Listing(items)]


def phenotypes(results: CellResults) -> list[Block]:
    """Say how well the condition of samples is found, split by patient.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    items = [
        said
        for dataset in results.datasets
        for embedding in results.names("embedding")[:IN_FULL]
        if (said := _phenotype(results, dataset, embedding))
    ]
    what = "Is the phenotype found in samples of patients that weren't learned from?"
    return [Heading(what), Listing(items)] if items else []


def across_data_sets(results: CellResults) -> list[Block]:
    """Say how well labels are carried from one data set to another.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    items = []
    carried = results.summary[results.summary["analysis"] == TRANSFER]
    for dataset, split in dict.fromkeys(zip(carried["dataset"], carried["split"], strict=True)):
        for embedding in results.names("embedding")[:IN_FULL]:
            others = [expression_of(results)]
            if embedding.startswith(WEIGHTED):
                others += controls_of(results, embedding, RANDOM)[:1]
            pairs = [(embedding, other) for other in others]
            found = [compare(results, dataset, _CARRIED, pair, split=split) for pair in pairs]
            said = [f"{one.other} ({one.both()}): {one.said()}" for one in found if one is not None]
            if said:
                items.append(f"{split}: {embedding} and {'; and '.join(said)}.")
    what = f"Are labels found in another data set? By {_CARRIED}"
    return [Heading(what), Listing(items)] if items else []


def _phenotype(results: CellResults, dataset: str, embedding: str) -> str:
    for question in PHENOTYPES:
        rows = rows_of(results, dataset, question)
        rows = rows[rows["representation"].eq(embedding) & rows["mean"].notna()]
        if len(rows):
            break
    else:
        return ""
    row = rows.iloc[0]
    ends, chance = interval(row["low"], row["high"]), 1 / max(2, len(results.sizes(dataset, "condition")))
    samples = results.sizes(dataset, "sample")
    patients = results.sizes(dataset, "patient") or samples
    who = number_of(len(patients), "patient")
    if len(samples) > len(patients):
        who += f", {number_of(len(samples), 'sample')}"
    said = (
        f"{dataset}, {row['target']}, {who}, by {named(question.metric)} ({named(question.method)}): "
        f"{embedding} {decimals(row['mean'])} ({ends or 'too few for an interval'}"
    )
    if ends and len(patients) < _FEW_PATIENTS:
        said += ", rough with so few patients"
    if ends and row["low"] <= chance <= row["high"]:
        said += f", which doesn't exclude chance, {chance:.2f}"
    compared = compare(results, dataset, question, (embedding, expression_of(results)))
    beside = f"; {compared.other} {decimals(compared.means[1])}: {compared.said()}" if compared else ""
    return f"{said}){beside}."


def _ari(results: CellResults, dataset: str, analysis: str, target: str, name: str) -> float | None:
    summary = results.summary
    found = summary[
        summary["dataset"].eq(dataset)
        & summary["analysis"].eq(analysis)
        & summary["method"].eq(K_MEANS)
        & summary["target"].eq(target)
        & summary["metric"].eq("ari")
        & summary["representation"].eq(name)
        & summary["mean"].notna()
    ]
    return float(found["mean"].iloc[0]) if len(found) else None
