"""The page of a gene benchmark."""

from pathlib import Path

import pandas as pd

from genept.benchmark.file_names import file_name
from genept.benchmark.report.blocks import Block, Figure, Page, Paragraph, Section
from genept.benchmark.report.drawing import drawing
from genept.benchmark.report.gene_comparisons import compare_with_controls, count_outcomes
from genept.benchmark.report.gene_files import GeneResults, read_gene_results
from genept.benchmark.report.gene_gaps import find_gaps
from genept.benchmark.report.gene_head import head
from genept.benchmark.report.gene_published import published_table
from genept.benchmark.report.gene_tables import counts_table, gaps_table, outcome_tables, overview_table
from genept.benchmark.report.gene_task import task_section
from genept.benchmark.report.page import write_page

# A file of gene sets can make hundreds of tasks; a page with all their figures would open in no browser.
_DRAWN = 30


def write_gene_report(folder: str | Path) -> Path:
    """Write the figures and the page of a gene benchmark into its folder.

    The head says in plain words what beats what, made from the numbers; then come all scores, task by
    task. A rerun on the same files writes the same bytes.

    Parameters
    ----------
    folder
        What ``genept benchmark genes -o`` wrote: ``results.csv``, ``summary.csv``, ``differences.csv``,
        ``labels.csv``, ``leakage.csv``, ``provenance.json``, ``predictions/`` and, where there is one,
        ``umap.*.png``.

    Returns
    -------
    Path
        ``report.html`` in ``folder``, beside the figures that it holds copies of.

    Raises
    ------
    MissingDataError
        If a file is missing.
    InputFileError
        If a file can't be read or isn't what it should be.
    MissingDependencyError
        If matplotlib or Jinja2 isn't installed.
    OutputError
        If ``folder`` can't be written to.
    """
    folder = Path(folder)
    results = read_gene_results(folder)
    compared = compare_with_controls(results)
    with drawing():
        tasks = [task_section(results, task, drawn=i < _DRAWN) for i, task in enumerate(results.tasks)]
    page = Page(
        title="What gene embeddings are worth",
        lead=head(results, compared),
        sections=[_overview(results, compared), *_maps(results), *tasks, *_gaps(results)],
        provenance=results.provenance,
    )
    return write_page(page, folder / "report.html")


def _overview(results: GeneResults, compared: pd.DataFrame) -> Section:
    blocks: list[Block] = [overview_table(results)]
    if len(compared):
        blocks += [counts_table(count_outcomes(compared)), *outcome_tables(results, compared)]
    published = published_table(results)
    if published is not None:
        blocks.append(published)
    if len(results.tasks) > _DRAWN:
        blocks.append(Paragraph(f"Figures are drawn for the first {_DRAWN} tasks; tables stand for all."))
    return Section("Overview", blocks)


def _maps(results: GeneResults) -> list[Section]:
    drawn: list[Block] = []
    for task in results.tasks:
        for name in results.names("embedding"):
            path = results.folder / f"{file_name('umap', task, name)}.png"
            caption = f"{results.title(task)}: genes in two dimensions (UMAP) by {name}, coloured by class."
            drawn += [Figure(path, caption, caption)] if path.is_file() else []
    return [Section("Map of the genes", drawn)] if drawn else []


def _gaps(results: GeneResults) -> list[Section]:
    gaps = find_gaps(results)
    return [Section("What could not be computed", [gaps_table(results, gaps)])] if len(gaps) else []
