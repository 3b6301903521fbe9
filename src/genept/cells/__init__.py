"""Vectors of cells, on plain arrays: GenePT-w, GenePT-s, and what they leave out."""

from genept.cells.coverage import Coverage, measure_coverage
from genept.cells.expression import Expression, as_expression
from genept.cells.sentences import PREFIX, sentences
from genept.cells.tally import BlockTally
from genept.cells.weighted import weighted_embedding

__all__ = [
    "PREFIX",
    "BlockTally",
    "Coverage",
    "Expression",
    "as_expression",
    "measure_coverage",
    "sentences",
    "weighted_embedding",
]
