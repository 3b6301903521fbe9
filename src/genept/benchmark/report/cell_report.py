"""The page of a cell benchmark."""

from pathlib import Path

from genept.benchmark.report.blocks import Block, Figure, Page, Paragraph, Section
from genept.benchmark.report.cell_choices import HEADLINES, QUESTIONS
from genept.benchmark.report.cell_dataset import dataset_section
from genept.benchmark.report.cell_figures import draw_overview
from genept.benchmark.report.cell_files import CellResults, read_cell_results
from genept.benchmark.report.cell_gaps import find_gaps
from genept.benchmark.report.cell_head import head
from genept.benchmark.report.cell_tables import gaps_table, verdict_table, wide_table
from genept.benchmark.report.drawing import drawing
from genept.benchmark.report.page import write_page

# A page with the figures of more data sets would open in no browser.
_DRAWN = 20


def write_cell_report(folder: str | Path) -> Path:
    """Write the figures and the page of a cell benchmark into its folder.

    The head says in plain words what does better than what and by how much, made from the numbers; then
    come all scores, data set by data set. A rerun on the same files writes the same bytes.

    Parameters
    ----------
    folder
        What ``genept benchmark cells -o`` wrote: ``results.csv``, ``summary.csv``, ``differences.csv``,
        ``labels.csv``, ``coverage.csv``, ``provenance.json``, ``predictions/``, ``clusters/`` and, where
        there is one, ``umap/*.png``.

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
    results = read_cell_results(folder)
    with drawing():
        overview = _overview(results)
        parts = [dataset_section(results, name, drawn=i < _DRAWN) for i, name in enumerate(results.datasets)]
    page = Page(
        title="What cell embeddings are worth",
        lead=head(results),
        sections=[overview, *_maps(folder), *parts, *_gaps(results)],
        provenance=results.provenance,
    )
    return write_page(page, folder / "report.html")


def _overview(results: CellResults) -> Section:
    blocks: list[Block | None] = [draw_overview(results, question) for question in HEADLINES]
    blocks += [wide_table(results, question) for question in QUESTIONS]
    blocks.append(verdict_table(results))
    if len(results.datasets) > _DRAWN:
        blocks.append(Paragraph(f"Figures are drawn for the first {_DRAWN} data sets; tables stand for all."))
    return Section("Overview", [block for block in blocks if block is not None])


def _maps(folder: Path) -> list[Section]:
    drawn = sorted((folder / "umap").glob("*.png"))
    said = "Cells in two dimensions (UMAP), coloured by label."
    return [Section("Maps of the cells", [Figure(one, said, said) for one in drawn])] if drawn else []


def _gaps(results: CellResults) -> list[Section]:
    gaps = find_gaps(results)
    return [Section("What could not be computed", [gaps_table(gaps)])] if len(gaps) else []
