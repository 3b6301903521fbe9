"""Vectors of cells, on plain arrays: GenePT-w, GenePT-s, and what they leave out."""

from typing import TYPE_CHECKING

import lazy_loader

from genept.cells.coverage import Coverage, measure_coverage
from genept.cells.expression import Expression, as_expression
from genept.cells.lazy import weighted_embedding_lazy
from genept.cells.sentences import PREFIX, sentences
from genept.cells.tally import BlockTally
from genept.cells.weighted import weighted_embedding

if TYPE_CHECKING:
    from genept.cells.fine_tuned import FineTunedEmbedding
    from genept.cells.transformer import GenePTWTransformer

# Their base class is scikit-learn's, which takes a second to load.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submod_attrs={"fine_tuned": ["FineTunedEmbedding"], "transformer": ["GenePTWTransformer"]},
)

__all__ = [
    "PREFIX",
    "BlockTally",
    "Coverage",
    "Expression",
    "FineTunedEmbedding",
    "GenePTWTransformer",
    "as_expression",
    "measure_coverage",
    "sentences",
    "weighted_embedding",
    "weighted_embedding_lazy",
]
