"""What a reader should know who reads no further, said from the numbers."""

import pandas as pd

from genept.benchmark.controls.without_texts import RANDOM_VECTORS
from genept.benchmark.report.blocks import Block, Listing, Paragraph
from genept.benchmark.report.choices import called
from genept.benchmark.report.gaps import say_gaps
from genept.benchmark.report.gene_comparisons import ABOVE, BELOW, NOT_COMPUTED, UNDECIDED
from genept.benchmark.report.gene_files import GeneResults
from genept.benchmark.report.gene_gaps import find_gaps
from genept.benchmark.report.number_format import decimals, percent
from genept.benchmark.report.prose import join_names, number_of

# What the head names; the rest stands in tables.
_PAIRS = 12
_TITLES = 4
_CHANCE = 0.5


def head(results: GeneResults, compared: pd.DataFrame) -> list[Block]:
    """Say in plain words what came out.

    Parameters
    ----------
    results
        What a gene benchmark left.
    compared
        As :func:`compare_with_controls` gives it.

    Returns
    -------
    list of blocks
        How much was scored; what beats what, and what doesn't; what an interval means; leakage; what is
        missing.
    """
    return [
        Paragraph(_extent(results)),
        *_victories(compared),
        Paragraph(_intervals(results)),
        *_defeats(results, compared),
        Paragraph(_leakage(results)),
        *say_gaps(find_gaps(results), who="embedding", where="task", noun="task", title=results.title),
    ]


def _extent(results: GeneResults) -> str:
    embeddings, controls = results.names("embedding"), results.names("control")
    computed = results.summary["mean"].notna()
    missing = "" if computed.all() else f"; {int((~computed).sum()):,} could not be computed"
    protocols = join_names([name for name in dict.fromkeys(results.results["protocol"]) if name])
    classifiers = join_names([called(name) for name in dict.fromkeys(results.summary["classifier"]) if name])
    return (
        f"This run scored {number_of(len(embeddings), 'embedding')} of genes ({join_names(embeddings)}) and "
        f"{number_of(len(controls), 'control')} ({join_names(controls)}) in "
        f"{number_of(len(results.tasks), 'task')}, with {classifiers}, by the protocol {protocols}. "
        f"It computed {number_of(int(computed.sum()), 'score')}{missing}."
    )


def _victories(compared: pd.DataFrame) -> list[Block]:
    decided = compared[compared["outcome"] != NOT_COMPUTED]
    if decided.empty:
        return [Paragraph("No embedding could be set beside a control, so their worth isn't known.")]
    unpaired = int((~decided["paired"].astype(bool)).sum())
    how = (
        "“Above” means that the 95 % interval of the paired difference lies above zero, with p < 0.05 "
        "where a test could be made"
    )
    if unpaired:
        without = number_of(unpaired, "comparison")
        how += f" (or, in {without} without one, that the two scores' own intervals don't overlap)"
    return [
        Listing([_counts(str(name), rows) for name, rows in compared.groupby("embedding", sort=False)]),
        Paragraph(
            f"{how}. Each comparison is by the task's first metric and by one classifier, the same for both. "
            f"Of {number_of(len(decided), 'such comparison')}, up to about {len(decided) / 40:.1f} would "
            "come out above by chance alone if nothing differed; the counts are not corrected for that."
        ),
    ]


def _intervals(results: GeneResults) -> str:
    said = (
        "An interval says how far a score depends on the genes that were tested, with the models as they "
        "were trained; other draws of what was learned from, or of random vectors, are not in it."
    )
    summary = results.summary
    random = summary[
        summary["embedding"].eq(RANDOM_VECTORS) & summary["metric"].eq("roc_auc") & summary["low"].notna()
    ]
    if random.empty:
        return said
    n = int((random["low"].gt(_CHANCE) | random["high"].lt(_CHANCE)).sum())
    return (
        f"{said} Here the intervals of random vectors leave out {_CHANCE} in {n or 'none'} of "
        f"{number_of(len(random), 'score')} by ROC AUC, where one in twenty would be right."
    )


def _counts(embedding: str, rows: pd.DataFrame) -> str:
    above, not_compared = [], []
    for control, one in rows.groupby("control", sort=False):
        n = int((one["outcome"] != NOT_COMPUTED).sum())
        if n:
            times = int((one["outcome"] == ABOVE).sum())
            above.append(f"{control} in {times or 'none'} of {number_of(n, 'task')}")
        else:
            not_compared.append(str(control))
    if not above:
        return f"{embedding} could not be compared."
    said = f"{embedding} scores above {join_names(above)}."
    return f"{said} Not compared with {join_names(not_compared)}." if not_compared else said


def _defeats(results: GeneResults, compared: pd.DataFrame) -> list[Block]:
    lost = compared[compared["outcome"].isin([BELOW, UNDECIDED])]
    if lost.empty:
        return []
    pairs = sorted(lost.groupby(["embedding", "control"], sort=False), key=lambda pair: -len(pair[1]))
    items = [_defeat(results, rows) for _, rows in pairs[:_PAIRS]]
    if len(pairs) > _PAIRS:
        items.append(f"and {number_of(len(pairs) - _PAIRS, 'further pair')}, in the overview.")
    return [Paragraph("Where an embedding does not beat a simple control:"), Listing(items)]


def _defeat(results: GeneResults, rows: pd.DataFrame) -> str:
    def titles(outcome: str) -> str:
        chosen = [f"“{results.title(task)}”" for task in rows.loc[rows["outcome"] == outcome, "task"]]
        more = len(chosen) - _TITLES
        return join_names([*chosen[:_TITLES], *([f"{more:,} more"] if more > 0 else [])]) if chosen else ""

    parts = []
    if below := titles(BELOW):
        parts.append(f"below it in {below}")
    if undecided := titles(UNDECIDED):
        parts.append(f"no clear difference in {undecided}")
    first = rows.iloc[0]
    return f"{first['embedding']} and {first['control']}: {'; '.join(parts)}."


def _leakage(results: GeneResults) -> str:
    measured = results.leakage[results.leakage["share"].notna()]
    if measured.empty:
        return "No text was searched for words of the labels, so leakage isn't known."
    if measured["share"].max() == 0:
        return "Leakage: no text holds any of the words of the labels that were searched for."
    worst = measured.iloc[int(measured["share"].to_numpy().argmax())]
    said = (
        f"Largest leakage: in “{results.title(worst['task'])}”, {percent(worst['share'])} of the class "
        f"“{worst['class']}” ({int(worst['n_with_words']):,} of {int(worst['n']):,}) have a word of the "
        f"labels in their text ({worst['words']})."
    )
    both = measured.dropna(subset=["score", "masked_score"])
    if both.empty:
        return f"{said} No score with these words masked could be computed."
    falls = both["score"] - both["masked_score"]
    most = both.iloc[int(falls.to_numpy().argmax())]
    if falls.max() <= 0:
        return f"{said} Masking such words lowers no score."
    return (
        f"{said} Masking such words costs most in “{results.title(most['task'])}”: {most['embedding']} "
        f"goes from {decimals(most['score'])} to {decimals(most['masked_score'])}."
    )
