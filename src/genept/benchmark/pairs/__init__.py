"""Pairs of genes: features of two vectors, and a logistic regression on them without a matrix of pairs."""

from genept.benchmark.pairs.features import FEATURES, pair_matrix, pair_operator
from genept.benchmark.pairs.regression import PairLogisticRegression

__all__ = ["FEATURES", "PairLogisticRegression", "pair_matrix", "pair_operator"]
