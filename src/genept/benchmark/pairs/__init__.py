"""Features of pairs of genes, and l2 logistic regression on them without a matrix of the pairs."""

from genept.benchmark.pairs.features import FEATURES, pair_matrix, pair_operator
from genept.benchmark.pairs.operators import PairOperator
from genept.benchmark.pairs.regression import PairLogisticRegression

__all__ = ["FEATURES", "PairLogisticRegression", "PairOperator", "pair_matrix", "pair_operator"]
