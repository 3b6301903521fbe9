"""Parameters of a fine-tuned embedding that mean nothing, refused before any work."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from genept.errors import ArgumentError


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Raise for the first parameter of an estimator that can't be meant.

    Raises
    ------
    ArgumentError
        Naming the parameter and what it may be.
    """
    expected = {
        **dict.fromkeys(
            ("n_hidden", "batch_size", "max_epochs", "patience"), (_is_count, "a whole number, at least 1")
        ),
        "rng": (_is_seed, "a seed: a whole number from 0 to 4294967295"),
        "alpha": (_is_strength, "a number that isn't negative"),
        "learning_rate": (lambda x: _is_strength(x) and x > 0, "a number above 0"),
        "validation_fraction": (lambda x: _is_strength(x) and x < 1, "a share from 0 to below 1"),
        "balanced": (lambda x: isinstance(x, bool), "True or False"),
    }
    for name, value in parameters.items():
        fine, words = expected[name]
        if not fine(value):
            raise ArgumentError(f"{name}={value!r}", expected=words, do="pass such a value, or leave it out")


def _is_count(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def _is_seed(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 0 <= int(value) < 1 << 32


def _is_strength(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) < float("inf")
