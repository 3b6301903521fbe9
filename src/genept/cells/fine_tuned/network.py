"""A perceptron of two layers with ReLU, as numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax
from threadpoolctl import threadpool_limits

# Rows at a time: float64 copies of a million cells would take gigabytes.
_ROWS = 8192


@dataclass(frozen=True, eq=False)
class Network:
    """What training leaves.

    Parameters
    ----------
    scale
        What vectors are multiplied by before anything else.
    hidden_weights, hidden_bias
        (d, h) and (h,) float32, the hidden layer.
    output_weights, output_bias
        (h, k) and (k,) float32, the output layer; k is the number of classes, but 1 for two of them.
    """

    scale: float
    hidden_weights: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output_weights: NDArray[np.float32]
    output_bias: NDArray[np.float32]

    @property
    def n_classes(self) -> int:
        """How many classes it tells apart."""
        return max(2, len(self.output_bias))

    def hidden(self, X: ArrayLike) -> NDArray[np.float32]:
        """(n, h) float32, what the hidden layer makes of (n, d) vectors; never negative."""
        parts = [layer.astype(np.float32) for layer in self._hidden(np.asarray(X))]
        return np.concatenate(parts) if parts else np.empty((0, len(self.hidden_bias)), dtype=np.float32)

    def probabilities(self, X: ArrayLike) -> NDArray[np.float64]:
        """(n, n_classes) float64, the probability of each class for (n, d) vectors; rows add up to 1."""
        weights, bias = self.output_weights.astype(np.float64), self.output_bias.astype(np.float64)
        parts = [np.empty((0, self.n_classes))]
        for layer in self._hidden(np.asarray(X)):
            with threadpool_limits(1, user_api="blas"):
                scores = layer @ weights + bias
            if scores.shape[1] == 1:
                parts.append(np.hstack([expit(-scores), expit(scores)]))
            else:
                parts.append(softmax(scores, axis=1))
        return np.concatenate(parts)

    def _hidden(self, X: NDArray[np.generic]) -> Iterator[NDArray[np.float64]]:
        weights, bias = self.hidden_weights.astype(np.float64), self.hidden_bias.astype(np.float64)
        for start in range(0, len(X), _ROWS):
            rows = np.asarray(X[start : start + _ROWS], dtype=np.float64) * self.scale
            # One thread: how sums are parted must not depend on the machine.
            with threadpool_limits(1, user_api="blas"):
                layer = rows @ weights + bias
            yield np.maximum(layer, 0)
