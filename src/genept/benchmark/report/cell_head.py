"""What a reader should know of a cell benchmark who reads no further."""

from genept.benchmark.report.blocks import Block, Heading, Paragraph
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.cell_findings import across_data_sets, batches, phenotypes
from genept.benchmark.report.cell_gaps import find_gaps
from genept.benchmark.report.cell_labels import say_confounded
from genept.benchmark.report.cell_verdicts import beside_expression, n_compared, text_adds
from genept.benchmark.report.gaps import say_gaps
from genept.benchmark.report.number_format import percent
from genept.benchmark.report.prose import join_names, number_of

_PROTOCOLS = {
    "paper": (
        "The protocol is the paper's: one random split of 80 % to 20 %, not stratified, and the settings of "
        "the notebooks. One split doesn't show how much scores would change with another."
    ),
    "rigorous": (
        "The protocol is rigorous: labels are found in stratified folds, repeated for small data sets, and "
        "the penalty of the logistic regression is chosen within what is learned from."
    ),
}
# What the intervals leave out, and what the numbers can't show.
_READ_WITH_CARE = (
    "Intervals hold 95 % of the scores when cells (for phenotypes, patients) are drawn again, the same ones "
    "for both that are compared. Clusters and models stay as they are, and cells of one data set aren't "
    "independent, so other donors, or another start of k-means, may differ by more. Macro scores are over "
    "the same labels in every resample: one that isn't drawn keeps its score. PCA, its genes and Harmony saw "
    "the expression and the batches of all cells of a data set, those that are tested too, though no label; "
    "between data sets PCA saw the first alone. k-means is told how many labels there are. Where labels were "
    "made by clustering the same expression, that expression has an advantage that no score shows."
)


def head(results: CellResults) -> list[Block]:
    """Say in plain words what came out.

    Parameters
    ----------
    results
        What a cell benchmark left.

    Returns
    -------
    list of blocks
        How much was scored; what does better than what, and by how much; batches, phenotypes, transfer;
        what is confounded; what is missing; what an interval holds.
    """
    return [
        Paragraph(_extent(results)),
        *beside_expression(results),
        *text_adds(results),
        *batches(results),
        *phenotypes(results),
        *across_data_sets(results),
        *say_confounded(results),
        *say_gaps(
            find_gaps(results),
            who="representation",
            where="dataset",
            noun="data set",
            title=lambda name: name,
        ),
        Heading("How to read this"),
        Paragraph(_how(results)),
    ]


def _extent(results: CellResults) -> str:
    embeddings, others = results.names("embedding"), results.names("baseline", "control")
    computed = results.summary["mean"].notna()
    missing = "" if computed.all() else f"; {int((~computed).sum()):,} could not be computed"
    datasets = [_sized(results, name) for name in results.datasets]
    return (
        f"This run scored {number_of(len(embeddings), 'embedding')} of cells ({join_names(embeddings)}) "
        f"beside {number_of(len(others), 'baseline or control', 'baselines and controls')} "
        f"({join_names(others)}) in "
        f"{number_of(len(datasets), 'data set')}: {join_names(datasets)}. It computed "
        f"{number_of(int(computed.sum()), 'score')}{missing}.{_coverage(results)}"
    )


def _sized(results: CellResults, dataset: str) -> str:
    rows = results.labels[results.labels["dataset"] == dataset]
    n = rows["n_cells"].max()
    if not n > 0:
        return dataset
    classes = results.sizes(dataset, "label")
    kinds = f", {number_of(len(classes), 'label')}" if classes else ""
    return f"{dataset} ({number_of(int(n), 'cell')}{kinds})"


def _coverage(results: CellResults) -> str:
    known = results.coverage[results.coverage["representation"].isin(results.names("embedding"))]
    known = known[known["share_of_counts"].notna()]
    if known.empty:
        return ""
    least = known.iloc[int(known["share_of_counts"].to_numpy().argmin())]
    return (
        f" Of the counts, at least {percent(least['share_of_counts'])} lie in genes with a vector "
        f"({least['dataset']}, {least['representation']})."
    )


def _how(results: CellResults) -> str:
    protocols = [name for name in dict.fromkeys(results.results["protocol"]) if name]
    said = " ".join(_PROTOCOLS.get(name, f"The protocol is {name}.") for name in protocols)
    n = n_compared(results)
    if not n:
        return f"{said} {_READ_WITH_CARE}"
    return (
        f"{said} {_READ_WITH_CARE} Of the {number_of(n, 'comparison')} with the expression and "
        f"with controls above, up to about {n / 20:.1f} would come out one way or the other by chance alone "
        "if nothing differed; nothing is corrected for that."
    )
