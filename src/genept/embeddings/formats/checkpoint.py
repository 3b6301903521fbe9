"""What the readers of model checkpoints share: find the weights, and load one tensor by name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.safetensors_tensor import broken, read_header, read_tensor
from genept.embeddings.formats.torch_file import as_array, load_torch
from genept.embeddings.formats.torch_layout import mentions_in_torch
from genept.errors import InputFileError, name_some


def find_weights(path: Path, names: Sequence[str]) -> Path | None:
    """Find a model's weights: ``path`` itself if it is a file, else the first of ``names`` in that folder."""
    if path.is_file():
        return path
    return next((path / name for name in names if (path / name).is_file()), None)


def need_weights(path: Path, names: Sequence[str]) -> Path:
    """Find a model's weights, or say what was looked for.

    Raises
    ------
    InputFileError
        If there are none.
    """
    weights = find_weights(path, names)
    if weights is None:
        raise InputFileError(
            f"{path} holds no {' or '.join(names)}" if path.is_dir() else f"there is no {path}",
            expected=f"the model's folder, with {' or '.join(names)}, or that file",
            do="give the path of the folder as it was downloaded",
        )
    return weights


def mentions(path: Path, key: str) -> bool:
    """Whether a checkpoint has ``key`` in the name of a tensor. Cheap, and raises nothing."""
    header = read_header(path)
    return any(key in name for name in header) if header else mentions_in_torch(path, key)


def load_tensor(path: Path, key_candidates: Sequence[str]) -> NDArray[np.floating[Any]]:
    """Load one matrix of a checkpoint by name, and execute nothing.

    Parameters
    ----------
    path
        A ``.safetensors`` file, or one that ``torch.save`` wrote.
    key_candidates
        Names of the tensor, the best first. A name fits a tensor whose own name, after those of the dicts
        that it is in, ends with it: ``bert.weight`` fits ``state_dict.module.bert.weight``.

    Returns
    -------
    (n, d) array
        float64 where the file has it, otherwise float32.

    Raises
    ------
    InputFileError
        If the file is missing, broken or holds more than tensors, or the name fits none of them or several.
    MissingDependencyError
        If torch is needed and isn't installed.
    """
    if not path.is_file():
        raise InputFileError(
            f"there is no {path}",
            expected="a file of weights",
            do="check the path, or download the file again",
        )
    if path.suffix == ".safetensors":
        header = read_header(path)
        if not header:
            raise broken(path, "has no header")
        return read_tensor(path, _choose([*header], key_candidates, path))
    tensors = _flatten(load_torch(path))
    key = _choose([*tensors], key_candidates, path)
    return as_array(tensors[key], path=path, key=key)


def _flatten(loaded: Any) -> dict[str, Any]:
    """Everything in nested dicts, by the names on the way joined with points."""
    flat: dict[str, Any] = {}
    waiting, seen = [("", loaded)], set()
    while waiting:
        prefix, part = waiting.pop()
        # A hostile file can hold one dict in itself, or in a thousand places.
        if not isinstance(part, Mapping) or id(part) in seen:
            continue
        seen.add(id(part))
        for name, value in part.items():
            if isinstance(value, Mapping):
                waiting.append((f"{prefix}{name}.", value))
            else:
                flat[f"{prefix}{name}"] = value
    return flat


def _choose(keys: Sequence[str], candidates: Sequence[str], path: Path) -> str:
    for candidate in candidates:
        fitting = [key for key in keys if f".{key}".endswith(f".{candidate}")]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise InputFileError(
                f"{path} has {len(fitting)} tensors that end with {candidate}: {name_some(fitting)}",
                expected="one",
                do="save the one that you mean in a file of its own, under that name",
            )
    raise InputFileError(
        f"{path} has no tensor {candidates[0]} (it has {name_some(keys) or 'none at all'})",
        expected=f"a checkpoint with {' or '.join(candidates)}",
        do="check that it is the file of this model, and not of another or of an optimiser",
    )
