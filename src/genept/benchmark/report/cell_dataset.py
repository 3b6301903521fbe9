"""The part of the page that is about one data set of cells."""

from genept.benchmark.report.blocks import Block, Heading, Paragraph, Section
from genept.benchmark.report.cell_choices import ANNOTATION, ASSOCIATION, PHENOTYPE, TRANSFER
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.cell_label_parts import annotation_part, association_part
from genept.benchmark.report.cell_labels import about_columns
from genept.benchmark.report.cell_sample_parts import batch_part, phenotype_part
from genept.benchmark.report.cell_tables import coverage_table, difference_table, score_table
from genept.benchmark.report.prose import number_of

# Labels found in cells that were not learned from.
_FOUND = (ANNOTATION, TRANSFER)


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
    of = {analysis: rows[rows["analysis"] == analysis] for analysis in (ASSOCIATION, *_FOUND, PHENOTYPE)}
    blocks += association_part(results, dataset, of[ASSOCIATION], drawn=drawn)
    for analysis in _FOUND:
        blocks += annotation_part(results, dataset, of[analysis], drawn=drawn)
    blocks += batch_part(results, dataset, rows, drawn=drawn)
    blocks += phenotype_part(results, dataset, of[PHENOTYPE], drawn=drawn)
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
