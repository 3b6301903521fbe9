"""Whether embeddings do better than the expression itself, and than random vectors, in sentences."""

from collections.abc import Sequence

import pandas as pd

from genept.benchmark.report.blocks import Block, Heading, Listing, Paragraph, Table
from genept.benchmark.report.cell_choices import (
    HEADLINES,
    NAMES_ALONE,
    RANDOM,
    WEIGHTED,
    controls_of,
    expression_of,
    is_or_are,
)
from genept.benchmark.report.cell_comparisons import (
    BETTER,
    UNDECIDED,
    UNKNOWN,
    WORSE,
    Compared,
    compare,
    compare_all,
    two,
)
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.prose import join_names, number_of
from genept.benchmark.report.table_columns import without_empty

# Embeddings of which every data set is named in the head; others are counted there, and stand in tables.
IN_FULL = 2


def beside_expression(results: CellResults) -> list[Block]:
    """Say whether the expression's own PCA does better than each embedding, and by how much.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    expression, embeddings = expression_of(results), results.names("embedding")
    counted = [_counted(results, one, expression) for one in embeddings]
    if not any(counted):
        return [Paragraph("No embedding could be set beside a baseline made of the expression itself.")]
    blocks: list[Block] = [
        Heading(f"Does an embedding do better than {expression} of the same expression?"),
        Listing([said for said in counted if said]),
    ]
    for embedding in embeddings[:IN_FULL]:
        blocks += _in_full(results, embedding, expression)
    return blocks


def text_adds(results: CellResults) -> list[Block]:
    """Say whether the text adds anything to a weighting of random gene vectors, or of the bare names.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    pairs = _with_controls(results)
    counted = [_counted(results, *pair) for pair in pairs]
    if not any(counted):
        return []
    blocks: list[Block] = [
        Heading("Does the text add anything?"),
        Paragraph(
            "Controls weight random gene vectors, or vectors of the bare gene names, in the same way. An "
            "average of random vectors is a random projection of the expression, which nearly keeps the "
            "distances between cells: where it does as well, the score is the expression's, not the text's."
        ),
        Listing([said for said in counted if said]),
    ]
    for embedding, control in [pair for pair in pairs if pair[1].startswith(RANDOM)][:IN_FULL]:
        blocks += _in_full(results, embedding, control)
    return blocks


def n_compared(results: CellResults) -> int:
    """Count the comparisons that these sentences are made of."""
    pairs = [(one, expression_of(results)) for one in results.names("embedding")]
    return sum(len(compare_all(results, HEADLINES, *pair)) for pair in [*pairs, *_with_controls(results)])


def _with_controls(results: CellResults) -> list[tuple[str, str]]:
    """Each embedding that is a weighted average, and each control that is one of other gene vectors."""
    return [
        (embedding, control)
        for embedding in results.names("embedding")
        if embedding.startswith(WEIGHTED)
        for sort in (RANDOM, NAMES_ALONE)
        for control in controls_of(results, embedding, sort)
    ]


def _counted(results: CellResults, one: str, other: str) -> str:
    """Say in how many data sets which of two is better; empty where they can't be compared."""
    parts = [
        f"by {question}, {_count(compared)}"
        for question in HEADLINES
        if (compared := compare_all(results, [question], one, other))
    ]
    return f"{one} and {other}: {'; '.join(parts)}." if parts else ""


def _count(compared: Sequence[Compared]) -> str:
    said = {
        WORSE: f"{compared[0].other} {is_or_are(compared[0].other)} better in",
        BETTER: f"{compared[0].one} {is_or_are(compared[0].one)} better in",
        UNDECIDED: "they can't be told apart in",
        UNKNOWN: "there is no interval in",
    }
    sets = number_of(len(compared), "data set")
    parts: list[str] = []
    for outcome, words in said.items():
        if n := sum(each.outcome == outcome for each in compared):
            size = _sizes(compared, outcome) if outcome in (WORSE, BETTER) else ""
            times = f"all {sets}" if n == len(compared) > 1 else f"{n}" if parts else f"{n} of {sets}"
            parts.append(f"{words} {times}{size}")
    return join_names(parts)


def _sizes(compared: Sequence[Compared], outcome: str) -> str:
    sizes = [abs(each.difference) for each in compared if each.outcome == outcome]
    least, most = two(min(sizes)), two(max(sizes))
    return f" (by {least})" if least == most else f" (by {least} to {most})"


def _in_full(results: CellResults, one: str, other: str) -> list[Block]:
    """Say of each data set which of two is better, by how much."""
    rows = []
    for dataset in results.datasets:
        row = {}
        for question in HEADLINES:
            each = compare(results, dataset, question, (one, other))
            row[str(question)] = each.both() if each else ""
            row[f"by {question}"] = each.said() if each else ""
        if any(row.values()):
            rows.append({"data set": dataset} | row)
    caption = (
        f"{one} and {other}, in this order: their scores, which is better, by how much, with the 95 % "
        f"interval. A difference is {one} minus {other}."
    )
    return (
        [Table(without_empty(pd.DataFrame(rows)), caption, dict.fromkeys(map(str, HEADLINES), str))]
        if rows
        else []
    )
