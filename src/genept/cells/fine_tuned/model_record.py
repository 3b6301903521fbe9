"""What a fine-tuned model says of itself, as JSON."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept import __version__
from genept.cells.fine_tuned.network import Network
from genept.cells.fine_tuned.parameters import check_parameters
from genept.errors import ArgumentError, InputFileError

FORMAT, VERSION = "genept fine-tuned embedding", 1
# By the first two, a file is known to be one; the others are needed.
_PARTS = {
    "weights_sha256": str,
    "classes": list,
    "parameters": dict,
    "best_epoch": int,
    "training_loss": list,
    "validation_loss": list,
    "provenance": dict,
}


@dataclass(frozen=True, eq=False)
class FittedModel:
    """All of a model that is kept.

    Parameters
    ----------
    network
        The weights.
    classes
        (n_classes,) labels, sorted.
    parameters
        Of the estimator.
    best_epoch, training_loss, validation_loss
        How training went.
    provenance
        Where it comes from, in what JSON holds.
    """

    network: Network
    classes: NDArray[Any]
    parameters: Mapping[str, Any]
    best_epoch: int
    training_loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    provenance: Mapping[str, Any]


def as_json(model: FittedModel, weights: bytes) -> str:
    """Give the content of ``model.json``; ``weights`` is the file beside it.

    Raises
    ------
    ArgumentError
        If the labels or the provenance are nothing that JSON holds.
    """
    record = {
        "format": FORMAT,
        "version": VERSION,
        "genept": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "n_features": len(model.network.hidden_weights),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "classes": model.classes.tolist(),
        "parameters": dict(model.parameters),
        "best_epoch": model.best_epoch,
        "training_loss": model.training_loss,
        "validation_loss": model.validation_loss,
        "provenance": model.provenance,
    }
    try:
        return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentError(
            f"labels or provenance that JSON can't hold ({error})",
            expected="strings, numbers, true or false, and lists and dicts of such",
            do="turn them into strings",
        ) from error


def from_json(content: bytes, weights: bytes, network: Network, *, path: Path) -> FittedModel:
    """Read what ``model.json`` says, and check that it is of these weights.

    Raises
    ------
    InputFileError
        Saying of ``path`` what is wrong.
    """
    record = _read(content, path)
    for name, kind in _PARTS.items():
        if type(record.get(name)) is not kind:
            raise _broken(path, f"has no {name}, or one of another kind")
    if record["weights_sha256"] != hashlib.sha256(weights).hexdigest():
        raise _broken(path, "is of other weights than those beside it")
    classes = record["classes"]
    kinds = {type(label) for label in classes}
    if len(kinds) != 1 or not kinds <= {str, int, float, bool} or len(set(classes)) != len(classes):
        raise _broken(path, "has classes that aren't different strings or numbers")
    if len(classes) != network.n_classes:
        raise _broken(path, f"names {len(classes)} classes, and the weights are of {network.n_classes}")
    losses = [*record["training_loss"], *record["validation_loss"]]
    if not all(type(loss) in (int, float) and math.isfinite(loss) for loss in losses):
        raise _broken(path, "has losses that are no numbers")
    return FittedModel(
        network=network,
        classes=np.array(classes),
        parameters=_parameters(record["parameters"], path),
        best_epoch=record["best_epoch"],
        training_loss=tuple(record["training_loss"]),
        validation_loss=tuple(record["validation_loss"]),
        provenance=record["provenance"],
    )


def _read(content: bytes, path: Path) -> dict[str, Any]:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"is no JSON ({type(error).__name__})") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise _broken(path, f"doesn't say that it is a {FORMAT}")
    if record.get("version") != VERSION:
        raise InputFileError(
            f"{path} is of version {record.get('version')!r}",
            expected=f"version {VERSION}, which this genept ({__version__}) reads",
            do="upgrade genept (pip install -U genept), or train the model again",
        )
    return record


def _parameters(said: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    try:
        check_parameters(said)
    except (ArgumentError, KeyError) as error:
        what = error.found if isinstance(error, ArgumentError) else f"an unknown {error}"
        raise _broken(path, f"has a parameter that means nothing ({what})") from error
    return said


def _broken(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} {what}",
        expected="what genept cells finetune says of a model, undamaged",
        do="get the model from its source again, or train it again",
    )
