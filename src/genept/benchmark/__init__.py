"""What the vectors are worth."""

from genept.benchmark.gene_benchmark import benchmark_genes
from genept.benchmark.representation import RepresentationScores, score_representation

__all__ = ["RepresentationScores", "benchmark_genes", "score_representation"]
