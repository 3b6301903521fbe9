"""What the vectors are worth. The names below load on first use."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from genept.benchmark.cells import benchmark_cells
    from genept.benchmark.gene_benchmark import benchmark_genes
    from genept.benchmark.representation import RepresentationScores, score_representation

__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cells": ["benchmark_cells"],
        "gene_benchmark": ["benchmark_genes"],
        "representation": ["RepresentationScores", "score_representation"],
    },
)

__all__ = ["RepresentationScores", "benchmark_cells", "benchmark_genes", "score_representation"]
