"""What came out of a benchmark, as one page with figures."""

from genept.benchmark.report.blocks import (
    Figure,
    Heading,
    Listing,
    Page,
    Paragraph,
    Section,
    SideBySide,
    Table,
)
from genept.benchmark.report.cell_report import write_cell_report
from genept.benchmark.report.gene_report import write_gene_report
from genept.benchmark.report.page import render_page, write_page

__all__ = [
    "Figure",
    "Heading",
    "Listing",
    "Page",
    "Paragraph",
    "Section",
    "SideBySide",
    "Table",
    "render_page",
    "write_cell_report",
    "write_gene_report",
    "write_page",
]
