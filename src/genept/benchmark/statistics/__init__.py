"""The statistics of the benchmarks: metrics, intervals over genes, tests, and the tables of them."""

from genept.benchmark.statistics.bootstrap import (
    bootstrap_scores,
    interval,
    resampled_counts,
    row_weights,
)
from genept.benchmark.statistics.compare import compare, summarise_and_compare
from genept.benchmark.statistics.metrics import METRICS, accuracy, balanced_accuracy, roc_auc
from genept.benchmark.statistics.paired import corrected_resampled_t_test
from genept.benchmark.statistics.permutation import permutation_p_value
from genept.benchmark.statistics.resampled_scores import ScoreKey
from genept.benchmark.statistics.summarise import summarise

__all__ = [
    "METRICS",
    "ScoreKey",
    "accuracy",
    "balanced_accuracy",
    "bootstrap_scores",
    "compare",
    "corrected_resampled_t_test",
    "interval",
    "permutation_p_value",
    "resampled_counts",
    "roc_auc",
    "row_weights",
    "summarise",
    "summarise_and_compare",
]
