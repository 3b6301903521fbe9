"""Training a perceptron epoch by epoch, and keeping the epoch that does best on cells set aside."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from genept.cells.fine_tuned.network import Network

# An epoch is better if the loss falls by more than this; the rest is noise.
_LEAST_GAIN = 1e-4


@dataclass(frozen=True)
class Schedule:
    """How a perceptron is trained.

    Parameters
    ----------
    n_hidden
        Width of the hidden layer.
    alpha
        Strength of the l2 penalty on weights.
    learning_rate
        Of Adam, at the beginning.
    batch_size
        Cells per step.
    max_epochs
        Epochs at most; as many where no cell is set aside.
    patience
        Epochs without a lower loss on the cells set aside after which training ends.
    rng
        Seed of the first weights and of the order of cells.
    """

    n_hidden: int
    alpha: float
    learning_rate: float
    batch_size: int
    max_epochs: int
    patience: int
    rng: int


@dataclass(frozen=True, eq=False)
class Trained:
    """What training leaves, and how it went.

    Parameters
    ----------
    network
        Of the best epoch, or of the last where no cell was set aside.
    best_epoch
        Which that was, counted from 1.
    training_loss
        After each epoch: cross-entropy, weighted, with the penalty.
    validation_loss
        After each epoch: cross-entropy, weighted, on the cells set aside; empty without such.
    """

    network: Network
    best_epoch: int
    training_loss: tuple[float, ...]
    validation_loss: tuple[float, ...]


def train(
    X: NDArray[np.floating[Any]],
    codes: NDArray[np.intp],
    weights: NDArray[np.float64],
    *,
    validation: NDArray[np.bool_],
    how: Schedule,
) -> Trained:
    """Train on some cells, and stop by the others.

    Parameters
    ----------
    X
        (n, d) vectors, not all zero. They are brought to a mean square of 1 before anything else: vectors of
        unit norm have values so small that training would hardly move.
    codes
        (n,) class of each, from 0 on; each class has a cell that isn't set aside.
    weights
        (n,) how much each counts.
    validation
        (n,) which are set aside to stop by; none is fine.
    how
        The schedule.
    """
    scale = float(1 / np.sqrt(np.mean(np.square(X[~validation], dtype=np.float64))))
    scaled = np.asarray(X * scale, dtype=np.float32)
    training = scaled[~validation], codes[~validation], weights[~validation]
    aside = scaled[validation], codes[validation], weights[validation]
    classes = np.arange(codes.max() + 1)
    model = MLPClassifier(
        hidden_layer_sizes=(how.n_hidden,),
        alpha=how.alpha,
        learning_rate_init=how.learning_rate,
        batch_size=min(how.batch_size, len(training[0])),
        # A number would begin anew with each epoch, and all would have the same order.
        random_state=np.random.RandomState(how.rng),
    )
    training_loss, validation_loss = [], []
    best, best_epoch, network = np.inf, 0, None
    # One thread: the products are small, and sums would depend on the number of threads.
    with threadpool_limits(1, user_api="blas"):
        for epoch in tqdm(range(1, how.max_epochs + 1), desc="fine-tuning", unit="epoch", disable=None):
            model.partial_fit(*training[:2], classes=classes, sample_weight=training[2])
            training_loss.append(float(model.loss_))
            if not validation.any():
                continue
            loss = _loss(model, *aside[:2], weights=aside[2])
            validation_loss.append(loss)
            if loss < best - _LEAST_GAIN:
                best, best_epoch, network = loss, epoch, _network_of(model, scale)
            elif epoch - best_epoch >= how.patience:
                break
    return Trained(
        network=_network_of(model, scale) if network is None else network,
        best_epoch=len(training_loss) if network is None else best_epoch,
        training_loss=tuple(training_loss),
        validation_loss=tuple(validation_loss),
    )


def _loss(
    model: Any, X: NDArray[np.float32], codes: NDArray[np.intp], *, weights: NDArray[np.float64]
) -> float:
    # float64, in which rows add up to 1 more nearly than log_loss asks for.
    probabilities = model.predict_proba(X).astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return float(log_loss(codes, probabilities, sample_weight=weights, labels=model.classes_))


def _network_of(model: Any, scale: float) -> Network:
    """Copy what the model has learned: its arrays change with the next epoch."""
    (hidden_weights, output_weights), (hidden_bias, output_bias) = model.coefs_, model.intercepts_
    learned = (hidden_weights, hidden_bias, output_weights, output_bias)
    return Network(scale, *(np.array(part, dtype=np.float32) for part in learned))
