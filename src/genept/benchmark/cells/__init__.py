"""What vectors of cells are worth: labelled data sets, baselines and controls, analyses, tables."""

from genept.benchmark.cells.cell_benchmark import benchmark_cells

__all__ = ["benchmark_cells"]
